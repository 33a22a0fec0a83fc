/**
 * The page on which a person signs in.
 *
 * @since 0.1.0
 */
import type { Display } from "../../oidc/AuthenticationRequest.ts"
import * as Client from "../../protocol/Client.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { hidden, html, page } from "./Html.ts"

/**
 * @category pages
 * @since 0.1.0
 */
export const signInPage = (options: {
  readonly client: Client.Client
  readonly action: string
  readonly interaction: string
  /** What to fill in beforehand: the name of the last attempt, or the client's guess. */
  readonly username: string | undefined
  /** Whether the last attempt failed. */
  readonly failed: boolean
  /** How the client shows the page (OpenID Connect Core §3.1.2.1). */
  readonly display: Display | undefined
  readonly headers: HttpResponse["headers"]
}): HttpResponse =>
  page({
    status: options.failed ? 400 : 200,
    title: "Sign in",
    display: options.display,
    headers: options.headers,
    body: html`<p>to go on to <strong>${Client.displayName(options.client)}</strong></p>
${options.failed ? html`<p class="alarm" role="alert" id="failed">The username or the password is wrong.</p>` : undefined}
<form method="post" action="${options.action}">
${hidden("interaction", options.interaction)}
<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus value="${options.username}"${options.failed ? html` aria-describedby="failed"` : undefined}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<div class="actions"><button class="primary">Sign in</button></div>
</form>`
  })

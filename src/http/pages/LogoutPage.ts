/**
 * The pages of the logout endpoint: whether to sign out, and that it is done.
 *
 * @since 0.1.0
 */
import * as Client from "../../protocol/Client.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { hidden, html, page } from "./Html.ts"

/**
 * Asks whether to sign out (OpenID Connect RP-Initiated Logout §2).
 *
 * @category pages
 * @since 0.1.0
 */
export const askLogoutPage = (options: {
  /** Who asks for it, if they say. */
  readonly client: Client.Client | undefined
  readonly username: string
  readonly action: string
  /** What the form carries along, by name. */
  readonly fields: Readonly<Record<string, string | undefined>>
}): HttpResponse =>
  page({
    status: 200,
    title: "Sign out?",
    body: html`<p>${
      options.client === undefined
        ? undefined
        : html`<strong>${Client.displayName(options.client)}</strong> asks you to sign out. `
    }You are signed in as <strong>${options.username}</strong>.</p>
<p class="soft">You will be signed out here, and of the applications that you signed in to from here.</p>
<form method="post" action="${options.action}">
${Object.entries(options.fields).map(([name, value]) => (value === undefined ? html`` : hidden(name, value)))}
<div class="actions">
<button name="decision" value="stay">Stay signed in</button>
<button class="primary" name="decision" value="sign-out">Sign out</button>
</div>
</form>`
  })

/**
 * @category pages
 * @since 0.1.0
 */
export const signedOutPage = (headers: HttpResponse["headers"]): HttpResponse =>
  page({
    status: 200,
    title: "You are signed out",
    headers,
    body: html`<p>You may close this page.</p>`
  })

/**
 * @category pages
 * @since 0.1.0
 */
export const stillSignedInPage = (): HttpResponse =>
  page({
    status: 200,
    title: "You are still signed in",
    body: html`<p>Nothing has changed. You may close this page.</p>`
  })

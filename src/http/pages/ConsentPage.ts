/**
 * The page on which a person says whether a client may act for them. It shows
 * what they need to tell an honest client from one that only says so: that its
 * name is its own claim, and the host that the answer goes to.
 *
 * @since 0.1.0
 */
import type { AuthorizationRequest } from "../../protocol/AuthorizationRequest.ts"
import * as Client from "../../protocol/Client.ts"
import { displayHost } from "../../protocol/RedirectUri.ts"
import * as Scope from "../../protocol/Scope.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { hidden, html, page } from "./Html.ts"

/**
 * @category pages
 * @since 0.1.0
 */
export const consentPage = (options: {
  readonly client: Client.Client
  readonly request: AuthorizationRequest
  /** What the client wants to know of the person besides, by the names of claims. */
  readonly claims: ReadonlyArray<string>
  readonly username: string
  readonly action: string
  readonly interaction: string
  readonly headers: HttpResponse["headers"]
}): HttpResponse => {
  const scopes = Scope.tokens(options.request.scope)
  return page({
    status: 200,
    title: "Allow access?",
    headers: options.headers,
    body: html`<p><strong>${Client.displayName(options.client)}</strong> asks to act for you, <strong>${options.username}</strong>.</p>
${
  scopes.length === 0
    ? html`<p>It asks for no particular permission.</p>`
    : html`<p id="scopes">It asks for:</p>
<ul aria-labelledby="scopes">${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>`
}
${
  options.claims.length === 0
    ? undefined
    : html`<p id="claims">It wants to know:</p>
<ul aria-labelledby="claims">${options.claims.map((claim) => html`<li><code>${claim}</code></li>`)}</ul>`
}
<dl>
<dt>The answer goes to</dt>
<dd>${displayHost(options.request.redirectUri)}</dd>
</dl>
<p class="soft">The name is what the application calls itself; nobody has verified it. If you did not expect this page, deny.</p>
<form method="post" action="${options.action}">
${hidden("interaction", options.interaction)}
<div class="actions">
<button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="approve">Allow</button>
</div>
</form>`
  })
}

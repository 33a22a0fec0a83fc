/**
 * The page on which a person says whether a client may act for them. It shows
 * what they need to tell an honest client from one that only says so: that its
 * name is its own claim, and the host that the answer goes to; and for how long they
 * allow it (RFC 6749 §10.2).
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import type { Display } from "../../oidc/AuthenticationRequest.ts"
import type { AuthorizationRequest } from "../../protocol/AuthorizationRequest.ts"
import * as Client from "../../protocol/Client.ts"
import { displayHost } from "../../protocol/RedirectUri.ts"
import * as Scope from "../../protocol/Scope.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { hidden, html, page } from "./Html.ts"

/**
 * How long a client can use what it gets: once, or for as long as it renews it.
 *
 * @category models
 * @since 0.1.0
 */
export type Lifetime =
  | { readonly _tag: "Once"; readonly accessToken: Duration.Duration }
  /** The client gets a refresh token, which lives on for as long as it is used. */
  | { readonly _tag: "Renewed"; readonly refreshToken: Duration.Duration }

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
  /** How long the client may go on without asking again. */
  readonly lifetime: Lifetime
  readonly action: string
  readonly interaction: string
  /** How the client shows the page (OpenID Connect Core §3.1.2.1). */
  readonly display: Display | undefined
  readonly headers: HttpResponse["headers"]
}): HttpResponse => {
  const scopes = Scope.tokens(options.request.scope)
  return page({
    status: 200,
    title: "Allow access?",
    display: options.display,
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
<dt>For how long</dt>
<dd>${howLong(options.lifetime)}</dd>
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

// OpenID Connect Core §16.18: what outlives the visit is not to go unnoticed.
const howLong = (lifetime: Lifetime): string =>
  lifetime._tag === "Once"
    ? inWords(lifetime.accessToken)
    : `until it goes unused for ${inWords(lifetime.refreshToken)}, also while you are away`

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60]
] as const

const inWords = (duration: Duration.Duration): string => {
  const seconds = Math.ceil(Duration.toSeconds(duration))
  const [unit, size] = units.find(([, size]) => seconds % size === 0) ?? (["second", 1] as const)
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(seconds / size)
}

/**
 * The page on which a person sees what clients may do for them, and takes it back.
 *
 * @since 0.1.0
 */
import * as Scope from "../../protocol/Scope.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { hidden, html, page } from "./Html.ts"

/**
 * @category pages
 * @since 0.1.0
 */
export const consentsPage = (options: {
  readonly username: string
  readonly action: string
  readonly formToken: string
  readonly clients: ReadonlyArray<{
    readonly clientId: string
    readonly name: string
    readonly scope: Scope.Scope
    /** In milliseconds since the epoch. */
    readonly grantedAt: number
  }>
}): HttpResponse =>
  page({
    status: 200,
    title: "Applications with access",
    body: html`<p>They may act for you, <strong>${options.username}</strong>.</p>
${
  options.clients.length === 0
    ? html`<p>There are none.</p>`
    : options.clients.map(
        ({ clientId, grantedAt, name, scope }) => html`<section>
<dl>
<dt>Application</dt>
<dd>${name}</dd>
<dt>Since</dt>
<dd>${new Date(grantedAt).toISOString().slice(0, 10)}</dd>
<dt>It may</dt>
<dd>${scope === "" ? "nothing in particular" : html`<code>${Scope.tokens(scope).join(" ")}</code>`}</dd>
</dl>
<form method="post" action="${options.action}">
${hidden("form_token", options.formToken)}
${hidden("client_id", clientId)}
<div class="actions"><button>Remove access</button></div>
</form>
</section>`
      )
}`
  })

/**
 * @category pages
 * @since 0.1.0
 */
export const notSignedInPage = (): HttpResponse =>
  page({
    status: 403,
    title: "You are not signed in",
    body: html`<p>Sign in with an application first, and come back.</p>`
  })

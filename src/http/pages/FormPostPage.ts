/**
 * The page that takes an authorization response to the client in a form (OAuth
 * 2.0 Form Post Response Mode §2). It submits itself, and has a button for those
 * without script.
 *
 * @since 0.1.0
 */
import type { TrustedRedirect } from "../../protocol/TrustedRedirect.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { hidden, html, page } from "./Html.ts"

const submit = "document.forms[0].submit()"

/**
 * @category pages
 * @since 0.1.0
 */
export const formPostPage = (
  redirect: TrustedRedirect,
  entries: Iterable<readonly [name: string, value: string]>,
  headers: HttpResponse["headers"]
): HttpResponse =>
  page({
    status: 200,
    title: "One more step",
    script: submit,
    headers,
    body: html`<p>The application is waiting for the answer.</p>
<form method="post" action="${redirect.uri}">
${Array.from(entries, ([name, value]) => hidden(name, value))}
<div class="actions"><button class="primary">Continue</button></div>
</form>`
  })

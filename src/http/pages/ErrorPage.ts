/**
 * The page that tells a person what cannot be told to a client: the errors of
 * the authorization endpoint's first phase, of our own forms, and outages.
 *
 * @since 0.1.0
 */
import type { OAuthError } from "../../protocol/OAuthError.ts"
import { wireForm } from "../ErrorResponse.ts"
import type { HttpResponse } from "../HttpMessage.ts"
import { html, page } from "./Html.ts"

/**
 * @category pages
 * @since 0.1.0
 */
export const errorPage = (error: OAuthError): HttpResponse => {
  const { headers, status } = wireForm(error)
  const ours = status >= 500
  return page({
    status,
    title: ours ? "This does not work now" : "This cannot go on",
    headers,
    body: html`<p>${error.description}.</p>
<p class="soft">If it happens again, tell the people who run ${ours ? "this server" : "the application"}. Error code: <code>${error.error}</code></p>`
  })
}

/**
 * The page that tells a person what cannot be told to a client: the errors of
 * the authorization endpoint's first phase.
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
  return page({
    status,
    title: "This cannot go on",
    headers,
    body: html`<p>The application sent you here with a request that this server refuses. Nothing was shared with it.</p>
<p>${error.description}.</p>
<p class="soft">Error code: <code>${error.error}</code></p>`
  })
}

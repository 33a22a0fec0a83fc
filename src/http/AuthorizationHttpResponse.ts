/**
 * Authorization responses, and errors of the second phase, over HTTP: a redirect
 * to the client, or a form that posts itself there.
 *
 * @since 0.1.0
 */
import {
  type AuthorizationError,
  type AuthorizationResponse,
  type Destination,
  type ResponseParameters,
  toEntries,
  toLocation
} from "../protocol/AuthorizationResponse.ts"
import type { Settings } from "../services/ServerConfig.ts"
import { errorMembers } from "./ErrorResponse.ts"
import { empty, type HttpRequest, type HttpResponse } from "./HttpMessage.ts"
import { formPostPage } from "./pages/FormPostPage.ts"

/**
 * The answer that takes an authorization response to the client.
 *
 * @category constructors
 * @since 0.1.0
 */
export const authorizationResponse = (
  request: HttpRequest,
  { destination, parameters }: AuthorizationResponse,
  headers: HttpResponse["headers"] = {}
): HttpResponse => send(request, destination, parameters, headers)

/**
 * The answer that takes an error to the client (RFC 6749 §4.1.2.1).
 *
 * @category constructors
 * @since 0.1.0
 */
export const authorizationErrorResponse = (
  request: HttpRequest,
  { destination, error }: AuthorizationError,
  config: Pick<Settings, "errorUri">,
  headers: HttpResponse["headers"] = {}
): HttpResponse => send(request, destination, errorMembers(error, config), headers)

const send = (
  request: HttpRequest,
  destination: Destination,
  parameters: ResponseParameters,
  headers: HttpResponse["headers"]
): HttpResponse => {
  const entries = toEntries(destination, parameters)
  return destination.responseMode === "form_post"
    ? formPostPage(destination.redirect, entries, headers)
    : // RFC 9700 §4.12: a 307 would post the person's credentials to the client
      empty(request.method === "POST" ? 303 : 302, {
        location: toLocation(destination.redirect, destination.responseMode, entries),
        ...headers
      })
}

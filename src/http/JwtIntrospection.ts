/**
 * The introspection endpoint, for callers who may ask for a signed answer
 * (RFC 9701 §4).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { paths } from "../endpoints/Endpoints.ts"
import * as IntrospectionEndpoint from "../endpoints/IntrospectionEndpoint.ts"
import * as JwtIntrospectionEndpoint from "../endpoints/JwtIntrospectionEndpoint.ts"
import type { InvalidClient } from "../protocol/OAuthError.ts"
import type { OAuthRequest } from "../protocol/OAuthRequest.ts"
import { ServerConfig, type Settings } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import { errorMembers } from "./ErrorResponse.ts"
import type { Extension } from "./Extensions.ts"
import { empty, type HttpRequest, type HttpResponse, json } from "./HttpMessage.ts"
import { readForm } from "./ReadRequest.ts"

const mediaType = `application/${JwtIntrospectionEndpoint.type}`

/**
 * Takes the place of the introspection endpoint, and answers with a JWT whoever
 * prefers one in `Accept`.
 *
 * @category extensions
 * @since 0.1.0
 */
export const jwtIntrospection: Extension<IntrospectionEndpoint.Requirements | SigningKeys> = {
  endpoints: [
    {
      path: paths.introspection,
      methods: ["POST"],
      audience: "program",
      crossOrigin: false,
      handle: Effect.fnUntraced(function* (request: HttpRequest) {
        const oauthRequest = yield* readForm(request)
        if (!prefersJwt(request.header("accept") ?? "")) {
          return json(200, yield* IntrospectionEndpoint.handle(oauthRequest))
        }
        return yield* JwtIntrospectionEndpoint.handle(oauthRequest).pipe(
          Effect.map((body): HttpResponse => ({ ...empty(200, { "content-type": mediaType }), body })),
          Effect.catchTag("InvalidClient", (error) =>
            isAuthenticated(oauthRequest)
              ? Effect.fail(error)
              : Effect.map(ServerConfig, unauthenticated(error))
          )
        )
      })
    }
  ],
  metadata: Effect.map(SigningKeys, ({ algorithms }) => ({
    introspection_signing_alg_values_supported: algorithms
  }))
}

// RFC 6749 §5.2, RFC 7662 §2.3: credentials that are wrong are a 401
const isAuthenticated = ({ authorization, parameters }: OAuthRequest): boolean =>
  authorization !== undefined || parameters.has("client_secret")

// RFC 9701 §5: and where there are none, "return an HTTP status code 400"
const unauthenticated = (error: InvalidClient) => (config: Settings) => json(400, errorMembers(error, config))

// RFC 9110 §12.5.1. A wildcard gets what it always got.
const prefersJwt = (accept: string): boolean => {
  const wanted = quality(accept, mediaType)
  return wanted > 0 && wanted >= quality(accept, "application/json")
}

const quality = (accept: string, type: string): number => {
  const parameters = accept
    .toLowerCase()
    .split(",")
    .map((range) => range.split(";").map((part) => part.trim()))
    .find(([range]) => range === type)
  const weight = parameters?.find((part) => part.startsWith("q="))?.slice(2)
  return parameters === undefined ? 0 : weight === undefined ? 1 : Number(weight) || 0
}

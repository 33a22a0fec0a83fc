/**
 * The JWK Set of the server, at `jwks_uri` (RFC 7517 §5, RFC 8414 §2).
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { paths, url } from "../endpoints/Endpoints.ts"
import * as Secret from "../protocol/Secret.ts"
import { ServerConfig } from "../services/ServerConfig.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import type { Extension } from "./Extensions.ts"
import type { HttpRequest, HttpResponse } from "./HttpMessage.ts"

/**
 * Publishes the keys that the server signs with, for as long as they are to be
 * kept by whoever fetches them.
 *
 * @category extensions
 * @since 0.1.0
 */
export const jwks: Extension<SigningKeys | ServerConfig> = {
  endpoints: [
    {
      path: paths.jwks,
      methods: ["GET"],
      audience: "program",
      crossOrigin: true,
      handle: Effect.fnUntraced(function* (request: HttpRequest) {
        const keys = yield* SigningKeys
        const body = JSON.stringify(yield* keys.published)
        // RFC 9110 §8.8.3
        const etag = `"${Secret.sha256Base64Url(body)}"`
        const headers = {
          etag,
          "cache-control": `public, max-age=${Math.floor(Duration.toSeconds(keys.cacheFor))}`,
          "x-content-type-options": "nosniff"
        }
        const response: HttpResponse = matches(request.header("if-none-match"), etag)
          ? { status: 304, headers, body: "" }
          : // RFC 7517 §8.5.2
            { status: 200, headers: { "content-type": "application/jwk-set+json", ...headers }, body }
        return response
      })
    }
  ],
  metadata: Effect.map(ServerConfig, ({ issuer }) => ({ jwks_uri: url(issuer, paths.jwks) }))
}

// RFC 9110 §13.1.2: compared weakly, so that one which a proxy has weakened matches.
const matches = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  (header.trim() === "*" || header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag))

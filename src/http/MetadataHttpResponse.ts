/**
 * Metadata over HTTP (RFC 8414 §3.2, OpenID Connect Discovery §4.2).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as MetadataEndpoint from "../endpoints/MetadataEndpoint.ts"
import type { ServerMetadata } from "../protocol/ServerMetadata.ts"
import type { HttpResponse } from "./HttpMessage.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const metadataResponse = Effect.map(
  MetadataEndpoint.metadata,
  (body): HttpResponse => ({
    status: 200,
    headers: {
      "content-type": "application/json",
      "cache-control": "public, max-age=300",
      "x-content-type-options": "nosniff"
    },
    body: JSON.stringify(withoutEmpty(body))
  })
)

// RFC 8414 §3.2: "Claims with zero elements MUST be omitted". But §2 requires
// response_types_supported, and clients insist on it.
const withoutEmpty = (metadata: ServerMetadata) =>
  Object.fromEntries(
    Object.entries(metadata).filter(
      ([name, value]) => !Array.isArray(value) || value.length > 0 || name === "response_types_supported"
    )
  )

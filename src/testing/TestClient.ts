/**
 * A client as a test holds it: its registration, and the secret that only it
 * knows.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Client from "../protocol/Client.ts"
import * as Parameters from "../protocol/Parameters.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TestClient {
  readonly client: Client.Client
  /** Absent for a public client. */
  readonly secret: string | undefined
}

/**
 * A client from its metadata (RFC 7591 §2), with its secret in clear. Throws a
 * `SchemaError` on metadata that no client can have.
 *
 * @example
 * ```ts
 * import { TestClient } from "effect-oauth/testing"
 *
 * const spa = TestClient.make({
 *   client_id: "spa",
 *   token_endpoint_auth_method: "none",
 *   redirect_uris: ["https://app.example.com/callback"],
 *   scope: "read"
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({
  client_secret,
  ...metadata
}: Client.Metadata & { readonly client_secret?: string }): TestClient => ({
  client: Client.make(
    client_secret === undefined ? metadata : { ...metadata, client_secret: Redacted.make(client_secret) }
  ),
  secret: client_secret
})

/**
 * How the client proves who it is, in the way that it registered (RFC 6749
 * §2.3.1): headers, and parameters of the form.
 *
 * @category conversions
 * @since 0.1.0
 */
export const credentials = ({
  client,
  secret = ""
}: TestClient): {
  readonly headers: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
} => {
  switch (client.tokenEndpointAuthMethod) {
    case "client_secret_basic":
      return { headers: { authorization: basic(client.clientId, secret) }, parameters: {} }
    case "client_secret_post":
      return { headers: {}, parameters: { client_id: client.clientId, client_secret: secret } }
    default:
      return { headers: {}, parameters: { client_id: client.clientId } }
  }
}

// Parameters.encode without the name: RFC 6749 §2.3.1 encodes each of the two like a form's value.
const formEncode = (text: string) => Parameters.encode([["", text]]).slice(1)

const basic = (id: string, secret: string): string =>
  `Basic ${btoa(`${formEncode(id)}:${formEncode(secret)}`)}`

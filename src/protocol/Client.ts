/**
 * A registered client: its metadata under the names of RFC 7591 §2 and OpenID
 * Connect Dynamic Client Registration §2 (in camel case here, as registered on the
 * wire), and the hashes of its secrets.
 *
 * @since 0.1.0
 */
import type * as Brand from "effect/Brand"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { SigningAlgorithm } from "./Jwt.ts"
import * as Scope from "./Scope.ts"
import * as Secret from "./Secret.ts"

/**
 * A client's identifier: printable ASCII (RFC 6749 Appendix A.1).
 *
 * @category schemas
 * @since 0.1.0
 */
export const ClientId = Schema.String.check(Schema.isPattern(/^[\x20-\x7E]{1,255}$/)).pipe(
  Schema.brand("ClientId")
)

/**
 * @category models
 * @since 0.1.0
 */
export type ClientId = Brand.Branded<string, "ClientId">

/**
 * Reads the `client_id` of a request; one that no client could have is `None`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseId: (text: string) => Option.Option<ClientId> = Option.liftPredicate(Schema.is(ClientId))

const withDefault = <S extends Schema.Top>(schema: S, value: S["Encoded"]) =>
  schema.pipe(Schema.withDecodingDefaultKey(Effect.succeed(value)))

/**
 * A client. Decoded from, and encoded to, RFC 7591 client metadata, with the
 * defaults that RFC 7591 §2 gives to what is left out.
 *
 * What RFC 7591 has no name for: `client_secret_hashes` (several, so that a
 * secret can be replaced without an outage), `require_pkce`, and
 * `introspect_any_token`, for a resource server that may introspect tokens
 * issued to other clients.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Client = Schema.Struct({
  clientId: ClientId,
  clientSecretHashes: withDefault(Schema.Array(Secret.SecretHash), []),
  clientName: Schema.optionalKey(Schema.String),
  clientUri: Schema.optionalKey(Schema.String),
  logoUri: Schema.optionalKey(Schema.String),
  tosUri: Schema.optionalKey(Schema.String),
  policyUri: Schema.optionalKey(Schema.String),
  contacts: Schema.optionalKey(Schema.Array(Schema.String)),
  softwareId: Schema.optionalKey(Schema.String),
  softwareVersion: Schema.optionalKey(Schema.String),
  redirectUris: withDefault(Schema.Array(Schema.String), []),
  grantTypes: withDefault(Schema.Array(Schema.String), ["authorization_code"]),
  responseTypes: withDefault(Schema.Array(Schema.String), ["code"]),
  tokenEndpointAuthMethod: withDefault(Schema.String, "client_secret_basic"),
  scope: Schema.optionalKey(Scope.Scope),
  requirePkce: Schema.optionalKey(Schema.Boolean),
  introspectAnyToken: Schema.optionalKey(Schema.Boolean),
  // RFC 9701 §6
  introspectionSignedResponseAlg: Schema.optionalKey(SigningAlgorithm),
  jwks: Schema.optionalKey(Schema.JsonObject),
  jwksUri: Schema.optionalKey(Schema.String),

  // OpenID Connect Dynamic Client Registration §2
  applicationType: Schema.optionalKey(Schema.Literals(["web", "native"])),
  subjectType: Schema.optionalKey(Schema.Literals(["public", "pairwise"])),
  sectorIdentifierUri: Schema.optionalKey(Schema.String),
  idTokenSignedResponseAlg: Schema.optionalKey(Schema.String),
  userinfoSignedResponseAlg: Schema.optionalKey(Schema.String),
  /** In seconds. */
  defaultMaxAge: Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
  requireAuthTime: Schema.optionalKey(Schema.Boolean),
  defaultAcrValues: Schema.optionalKey(Schema.Array(Schema.String)),
  initiateLoginUri: Schema.optionalKey(Schema.String),

  // OpenID Connect RP-Initiated Logout §3.1, Back-Channel Logout §2.2
  postLogoutRedirectUris: Schema.optionalKey(Schema.Array(Schema.String)),
  backchannelLogoutUri: Schema.optionalKey(Schema.String),
  backchannelLogoutSessionRequired: Schema.optionalKey(Schema.Boolean)
}).pipe(
  Schema.encodeKeys({
    clientId: "client_id",
    clientSecretHashes: "client_secret_hashes",
    clientName: "client_name",
    clientUri: "client_uri",
    logoUri: "logo_uri",
    tosUri: "tos_uri",
    policyUri: "policy_uri",
    softwareId: "software_id",
    softwareVersion: "software_version",
    redirectUris: "redirect_uris",
    grantTypes: "grant_types",
    responseTypes: "response_types",
    tokenEndpointAuthMethod: "token_endpoint_auth_method",
    requirePkce: "require_pkce",
    introspectAnyToken: "introspect_any_token",
    introspectionSignedResponseAlg: "introspection_signed_response_alg",
    jwksUri: "jwks_uri",
    applicationType: "application_type",
    subjectType: "subject_type",
    sectorIdentifierUri: "sector_identifier_uri",
    idTokenSignedResponseAlg: "id_token_signed_response_alg",
    userinfoSignedResponseAlg: "userinfo_signed_response_alg",
    defaultMaxAge: "default_max_age",
    requireAuthTime: "require_auth_time",
    defaultAcrValues: "default_acr_values",
    initiateLoginUri: "initiate_login_uri",
    postLogoutRedirectUris: "post_logout_redirect_uris",
    backchannelLogoutUri: "backchannel_logout_uri",
    backchannelLogoutSessionRequired: "backchannel_logout_session_required"
  })
)

/**
 * @category models
 * @since 0.1.0
 */
export type Client = typeof Client.Type

/**
 * Client metadata on the wire.
 *
 * @category models
 * @since 0.1.0
 */
export type Metadata = typeof Client.Encoded

const decode = Schema.decodeUnknownSync(Client)

/**
 * A client from its metadata and, for a confidential one, its secret, which is
 * hashed here and goes no further.
 *
 * Throws a `SchemaError` on metadata that no client can have: it is for clients
 * that the program itself writes down.
 *
 * @example
 * ```ts
 * import { Client } from "effect-oauth"
 * import { Redacted } from "effect"
 *
 * const service = Client.make({
 *   client_id: "reports",
 *   client_secret: Redacted.make("correct horse battery staple"),
 *   grant_types: ["client_credentials"],
 *   scope: "read"
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (metadata: Metadata & { readonly client_secret?: Redacted.Redacted<string> }): Client => {
  const { client_secret, ...rest } = metadata
  return decode(
    client_secret === undefined
      ? rest
      : { ...rest, client_secret_hashes: [...(rest.client_secret_hashes ?? []), Secret.hash(client_secret)] }
  )
}

/**
 * A client that can keep no secret, or has none (RFC 6749 §2.1).
 *
 * @category predicates
 * @since 0.1.0
 */
export const isPublic = (client: Client): boolean => client.tokenEndpointAuthMethod === "none"

/**
 * Whether the client registered this combination of response types, in whatever
 * order (OAuth 2.0 Multiple Response Type Encoding Practices §5).
 *
 * @category predicates
 * @since 0.1.0
 */
export const allowsResponseType = (client: Client, responseType: ReadonlySet<string>): boolean =>
  client.responseTypes.some((registered) => {
    const names = registered.split(" ")
    return names.length === responseType.size && names.every((name) => responseType.has(name))
  })

/**
 * The name to show to a person: what the client calls itself, or its identifier.
 *
 * @category getters
 * @since 0.1.0
 */
export const displayName = (client: Client): string => client.clientName ?? client.clientId

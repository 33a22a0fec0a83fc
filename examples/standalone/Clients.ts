/** The registered clients: those of CLIENTS_FILE, or two to try the server with. */
import { Effect, Option, Redacted, Result, Schema } from "effect"
import { Client, PairwiseSubjects, RedirectUri, Secret, TrustedRedirect } from "effect-oauth"
import { describe, type Entry, readEntries } from "./JsonFile.ts"
import { SettingError } from "./SettingError.ts"
import type { Settings } from "./Settings.ts"

const demoSecret = "demo-secret"

const demoClients: ReadonlyArray<Client.Client> = [
  Client.make({
    client_id: "demo-public",
    client_name: "The Public Demo",
    token_endpoint_auth_method: "none",
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code", "refresh_token"]
  }),
  Client.make({
    client_id: "demo-confidential",
    client_name: "The Confidential Demo",
    client_secret: Redacted.make(demoSecret),
    redirect_uris: ["http://127.0.0.1/callback"],
    grant_types: ["authorization_code", "refresh_token", "client_credentials"]
  })
]

/** Fails with a `SettingError` that says which client has what wrong. */
export const read = Effect.fnUntraced(function* (settings: Settings) {
  if (Option.isNone(settings.clientsFile)) {
    yield* Effect.logWarning(
      `CLIENTS_FILE is not set: "demo-public" and "demo-confidential", whose secret is "${demoSecret}", are registered`
    )
    return demoClients
  }
  const entries = yield* readEntries({
    setting: "CLIENTS_FILE",
    path: settings.clientsFile.value,
    kind: "client",
    id: "client_id"
  })
  const clients = new Map<Client.ClientId, Client.Client>()
  for (const entry of entries) {
    const client = yield* readClient(entry, settings)
    if (clients.has(client.clientId)) return yield* refuse(entry, "client_id: another client has it")
    clients.set(client.clientId, client)
  }
  return Array.from(clients.values())
})

/** What the server signs with. */
export const signingAlgorithms = ["ES256", "RS256"] as const

// OpenID Connect Core §3.1.2.1, §5.4, §11
const openIdScopes = ["openid", "profile", "email", "address", "phone", "offline_access"]

/**
 * What the server can grant: what OpenID Connect has names for, and all that any client names, or `read write`
 * if none names anything else.
 */
export const scopes = (clients: ReadonlyArray<Client.Client>): ReadonlyArray<string> => {
  const named = clients.flatMap(({ scope }) => scope?.split(" ") ?? []).filter((token) => token)
  const others = named.filter((token) => !openIdScopes.includes(token))
  return [...openIdScopes, ...new Set(others.length === 0 ? ["read", "write"] : others)]
}

// A file has secrets in clear; hashed as they are read, they go no further.
const SecretInClear = Schema.Struct({
  client_secret: Schema.optionalKey(Schema.RedactedFromValue(Schema.NonEmptyString))
})

const readClient = Effect.fnUntraced(function* (entry: Entry, settings: Settings) {
  const { client_secret: secret } = yield* decode(SecretInClear, entry, entry.value)
  const client = yield* decode(Client.Client, entry, {
    token_endpoint_auth_method: secret === undefined ? "none" : "client_secret_basic",
    ...entry.value,
    ...(secret && { client_secret_hashes: [Secret.hash(secret)] })
  })
  yield* requireUsableMethod(entry, client)
  yield* requireValidRedirectUris(entry, client, settings)
  yield* requireGrantTypes(entry, client)
  yield* requireOpenId(entry, client, settings)
  yield* warnOfUselessRedirectUris(entry, client, settings)
  return client
})

const methods: ReadonlyArray<string> = ["none", "client_secret_basic", "client_secret_post"]

const requireUsableMethod = (entry: Entry, client: Client.Client) => {
  const method = client.tokenEndpointAuthMethod
  const hasSecret = client.clientSecretHashes.length > 0
  if (!methods.includes(method)) {
    return refuse(entry, `token_endpoint_auth_method: is not one of ${methods.join(", ")}`)
  }
  if (hasSecret === (method !== "none")) return Effect.void
  return refuse(entry, `client_secret: is ${hasSecret ? "of no use to" : "needed for"} ${method}`)
}

const requireValidRedirectUris = Effect.fnUntraced(function* (
  entry: Entry,
  { backchannelLogoutUri, postLogoutRedirectUris = [], redirectUris }: Client.Client,
  settings: Settings
) {
  const requireValid = (name: string, uri: string) =>
    Effect.catch(Effect.fromResult(RedirectUri.validate(uri, settings)), ({ description }) =>
      refuse(entry, `${name} ${JSON.stringify(uri)}: ${description}`)
    )
  for (const [index, uri] of redirectUris.entries()) yield* requireValid(`redirect_uris[${index}]`, uri)
  for (const [index, uri] of postLogoutRedirectUris.entries()) {
    yield* requireValid(`post_logout_redirect_uris[${index}]`, uri)
  }
  if (backchannelLogoutUri === undefined) return
  yield* requireValid("backchannel_logout_uri", backchannelLogoutUri)
  if (!/^https?:/.test(backchannelLogoutUri)) yield* refuse(entry, "backchannel_logout_uri: is not https")
})

// RFC 7591 §2.1, OpenID Connect Dynamic Client Registration §2
const requireGrantTypes = (entry: Entry, { grantTypes, responseTypes }: Client.Client) => {
  const needsImplicit = responseTypes.find((type) => /(?:^| )(?:token|id_token)(?: |$)/.test(type))
  return needsImplicit === undefined || grantTypes.includes("implicit")
    ? Effect.void
    : refuse(entry, `grant_types: has no implicit, which the response type ${needsImplicit} needs`)
}

const requireOpenId = Effect.fnUntraced(function* (
  entry: Entry,
  client: Client.Client,
  { pairwiseSalt }: Settings
) {
  for (const [name, algorithm] of [
    ["id_token_signed_response_alg", client.idTokenSignedResponseAlg],
    ["userinfo_signed_response_alg", client.userinfoSignedResponseAlg]
  ] as const) {
    if (algorithm !== undefined && !signingAlgorithms.some((known) => known === algorithm)) {
      yield* refuse(entry, `${name}: is not one of ${signingAlgorithms.join(", ")}`)
    }
  }
  if (client.subjectType !== "pairwise") return
  if (Option.isNone(pairwiseSalt)) {
    yield* refuse(entry, "subject_type: pairwise needs the setting PAIRWISE_SALT")
  }
  yield* Effect.catch(Effect.fromResult(PairwiseSubjects.sectorIdentifier(client)), ({ description }) =>
    refuse(entry, `sector_identifier_uri: ${description}`)
  )
})

// OpenID Connect Core §3.2.2.1: what the server will refuse when somebody comes with it
const warnOfUselessRedirectUris = Effect.fnUntraced(function* (
  { where }: Entry,
  client: Client.Client,
  { allowHttp }: Settings
) {
  for (const [index, uri] of client.redirectUris.entries()) {
    const useless = client.responseTypes.filter((type) =>
      Result.isFailure(
        TrustedRedirect.requireRegistered(client, uri, { allowHttp, responseType: type.split(" ") })
      )
    )
    if (useless.length === 0) continue
    yield* Effect.logWarning(
      `CLIENTS_FILE: ${where}: redirect_uris[${index}] ${JSON.stringify(uri)} is of no use to the response types ` +
        `${useless.map((type) => JSON.stringify(type)).join(", ")}: they go to https only, and not to localhost, unless "application_type" is "native"`
    )
  }
})

const decode = <A>(schema: Schema.ConstraintDecoder<A>, entry: Entry, value: unknown) =>
  Effect.mapError(Schema.decodeUnknownEffect(schema)(value), (error) => complaint(entry, describe(error)))

const complaint = ({ where }: Entry, problem: string) =>
  new SettingError({ setting: "CLIENTS_FILE", problem: `${where}: ${problem}` })

const refuse = (entry: Entry, problem: string) => Effect.fail(complaint(entry, problem))

/**
 * The settings of an authorization server. OAuth 2.1 and RFC 9700 are the
 * defaults.
 *
 * @since 0.1.0
 */
import type * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type CodeChallengeMethod, s256 } from "../protocol/Pkce.ts"
import { isLoopback } from "../protocol/RedirectUri.ts"
import * as Scope from "../protocol/Scope.ts"
import type { ConfigurationError } from "./ConfigurationError.ts"
import { refuse, requireDuration } from "./internal/Settings.ts"

/**
 * What a server may be told about itself. Only `issuer` has no default.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The issuer identifier: an `https` URL without query and fragment (RFC 8414 §2). */
  readonly issuer: string
  /** The scopes that clients may be granted. Default: none. */
  readonly scopes?: ReadonlyArray<string>
  /** What introspection says a token is for (`aud`). Default: the issuer. */
  readonly audience?: string
  /** How long things live. */
  readonly lifetimes?: {
    /** An authorization code. Default: 60 seconds (RFC 6749 §4.1.2 asks for 10 minutes at most). */
    readonly code?: Duration.Input
    /** An access token. Default: 10 minutes. */
    readonly accessToken?: Duration.Input
    /** A refresh token, counted from when it was issued; using it in time gives a new one. Default: 30 days. */
    readonly refreshToken?: Duration.Input
    /** The time that a person has to sign in and consent. Default: 15 minutes. */
    readonly interaction?: Duration.Input
    /** A login session. Default: 12 hours. */
    readonly session?: Duration.Input
  }
  readonly refresh?: {
    /** How long a client whose answer got lost may repeat its request. 0 for never. Default: 30 seconds. */
    readonly grace?: Duration.Input
    /** How often it may. Default: 64. */
    readonly maximumReplays?: number
  }
  readonly pkce?: {
    /** Who must use PKCE; a client may be registered with `require_pkce: false`. Default: all. */
    readonly required?: "all" | "public"
    /** Default: S256. `Pkce.plain` has to be allowed by name. */
    readonly methods?: ReadonlyArray<CodeChallengeMethod>
  }
  /** Lets requests come in clear text, and an issuer be `http` on any host. Default: only on loopback. */
  readonly allowHttp?: boolean
  /** The addresses of proxies whose `Forwarded` and `X-Forwarded-*` headers count. Default: none. */
  readonly trustedProxies?: ReadonlyArray<string>
  /** The page about an error, sent as `error_uri`. Default: none. */
  readonly errorUri?: (error: string) => string
  /**
   * Who is sent back to a client with an error: `"always"` everybody, at once (RFC 6749 §4.1.2.1), or `"signedIn"`
   * only who is signed in, while others see the error as a page (RFC 9700 §4.11.2), unless OpenID Connect's
   * `prompt=none` asks for silence. Where strangers can register clients, `"signedIn"` keeps them from leading people
   * to a site of theirs by a link to this server. Default: always.
   */
  readonly errorRedirects?: "always" | "signedIn"
  /** Whether the server answers now; if not, everybody gets `temporarily_unavailable`. Default: it does. */
  readonly available?: Effect.Effect<boolean>
}

/**
 * The settings with their defaults filled in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Settings {
  readonly issuer: string
  readonly scopes: Scope.Scope
  readonly audience: string
  /** The grant types that are installed. */
  readonly grantTypes: ReadonlyArray<string>
  /** Those of them that a public client may not use. */
  readonly confidentialGrantTypes: ReadonlyArray<string>
  readonly lifetimes: {
    readonly code: Duration.Duration
    readonly accessToken: Duration.Duration
    readonly refreshToken: Duration.Duration
    readonly interaction: Duration.Duration
    readonly session: Duration.Duration
  }
  readonly refresh: {
    readonly grace: Duration.Duration
    readonly maximumReplays: number
  }
  readonly pkce: {
    readonly required: "all" | "public"
    readonly methods: ReadonlyArray<CodeChallengeMethod>
  }
  readonly allowHttp: boolean
  readonly trustedProxies: ReadonlySet<string>
  readonly errorUri: ((error: string) => string) | undefined
  readonly errorRedirects: "always" | "signedIn"
  readonly available: Effect.Effect<boolean>
}

/**
 * @category services
 * @since 0.1.0
 */
export class ServerConfig extends Context.Service<ServerConfig, Settings>()(
  "effect-oauth/services/ServerConfig"
) {}

/**
 * Checks options and fills in the defaults. Fails with a `ConfigurationError`
 * that names the option.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: Options,
  grantTypes: ReadonlyArray<string>,
  confidentialGrantTypes: ReadonlyArray<string> = []
) {
  const lifetime = (name: string, value: Duration.Input | undefined, otherwise: Duration.Input) =>
    requireDuration(`lifetimes.${name}`, value ?? otherwise, 1)
  const settings: Settings = {
    issuer: yield* requireIssuer(options.issuer, options.allowHttp === true),
    scopes: yield* requireScopes(options.scopes ?? []),
    audience: options.audience ?? options.issuer,
    grantTypes,
    confidentialGrantTypes,
    lifetimes: {
      code: yield* lifetime("code", options.lifetimes?.code, "60 seconds"),
      accessToken: yield* lifetime("accessToken", options.lifetimes?.accessToken, "10 minutes"),
      refreshToken: yield* lifetime("refreshToken", options.lifetimes?.refreshToken, "30 days"),
      interaction: yield* lifetime("interaction", options.lifetimes?.interaction, "15 minutes"),
      session: yield* lifetime("session", options.lifetimes?.session, "12 hours")
    },
    refresh: {
      grace: yield* requireDuration("refresh.grace", options.refresh?.grace ?? "30 seconds", 0),
      maximumReplays: options.refresh?.maximumReplays ?? 64
    },
    pkce: { required: options.pkce?.required ?? "all", methods: options.pkce?.methods ?? [s256] },
    allowHttp: options.allowHttp ?? false,
    trustedProxies: new Set(options.trustedProxies),
    errorUri: options.errorUri,
    errorRedirects: options.errorRedirects ?? "always",
    available: options.available ?? Effect.succeed(true)
  }
  if (settings.pkce.methods.length === 0) return yield* refuse("pkce.methods", "is empty")
  if (Duration.isGreaterThanOrEqualTo(settings.refresh.grace, settings.lifetimes.refreshToken)) {
    return yield* refuse("refresh.grace", "is not shorter than lifetimes.refreshToken")
  }
  return settings
})

/**
 * The settings as a Layer, for a program that composes endpoints without
 * `AuthorizationServer.layer`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options,
  grantTypes: ReadonlyArray<string>,
  confidentialGrantTypes?: ReadonlyArray<string>
): Layer.Layer<ServerConfig, ConfigurationError> =>
  Layer.effect(ServerConfig, make(options, grantTypes, confidentialGrantTypes))

/**
 * The settings from Effect's `Config`, such as `Config.unwrap` makes of a record.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  options: Config.Config<Options>,
  grantTypes: ReadonlyArray<string>,
  confidentialGrantTypes?: ReadonlyArray<string>
): Layer.Layer<ServerConfig, ConfigurationError | Config.ConfigError> =>
  Layer.unwrap(Effect.map(options, (options) => layer(options, grantTypes, confidentialGrantTypes)))

// RFC 8414 §2, RFC 9207 §2
const requireIssuer = (issuer: string, allowHttp: boolean) => {
  const url = URL.parse(issuer)
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse("issuer", "is not an https URL")
  if (issuer.includes("?") || issuer.includes("#")) return refuse("issuer", "has a query or a fragment")
  if (url.username !== "" || url.password !== "") return refuse("issuer", "has credentials")
  if (url.protocol === "http:" && !allowHttp && !isLoopback(url.hostname)) {
    return refuse("issuer", "uses http on a host that is not loopback; allowHttp lets it")
  }
  return Effect.succeed(issuer)
}

const isScope = Schema.is(Scope.Scope)

const requireScopes = (scopes: ReadonlyArray<string>) => {
  const text = Array.from(new Set(scopes)).join(" ")
  return isScope(text) ? Effect.succeed(text) : refuse("scopes", "has a character that no scope may have")
}

/**
 * The settings of a server as an OpenID provider.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Client } from "../protocol/Client.ts"
import type { SigningAlgorithm } from "../protocol/Jwt.ts"
import { ConfigurationError } from "../services/ConfigurationError.ts"
import { SigningKeys } from "../services/SigningKeys.ts"
import type * as SubjectIdentifiers from "../services/SubjectIdentifiers.ts"
import * as PairwiseSubjects from "./PairwiseSubjects.ts"
import { type ScopeClaims, standardClaims } from "./StandardClaims.ts"

/**
 * What an OpenID provider may be told about itself. Everything has a default.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** How long an ID token is valid. Default: 10 minutes. */
  readonly idTokenLifetime?: Duration.Input
  /** What signing in amounts to, where an `Approval` does not say (`acr`). Default: nothing is said. */
  readonly acr?: string
  /** What else it may amount to, for metadata. Default: none. */
  readonly acrValues?: ReadonlyArray<string>
  /** Further scopes, and the claims that each stands for: `{ groups: ["groups"] }`. */
  readonly claims?: ScopeClaims
  /**
   * Lets clients be registered with `subject_type: pairwise`. The salt has 32
   * characters at least, and stays the same for as long as the server has clients.
   */
  readonly pairwise?: { readonly salt: Redacted.Redacted<string> }
}

/**
 * The settings with their defaults filled in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Settings {
  readonly idTokenLifetime: Duration.Duration
  readonly acr: string | undefined
  readonly acrValues: ReadonlyArray<string>
  readonly scopeClaims: ScopeClaims
  readonly subjectTypes: ReadonlyArray<"public" | "pairwise">
  readonly subjects: SubjectIdentifiers.Service
}

/**
 * @category services
 * @since 0.1.0
 */
export class OpenIdProvider extends Context.Service<OpenIdProvider, Settings>()(
  "effect-oauth/oidc/OpenIdProvider"
) {}

/**
 * Checks options and fills in the defaults. Fails with a `ConfigurationError`
 * that names the option.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): Effect.Effect<Settings, ConfigurationError, SigningKeys> =>
  Effect.flatMap(SigningKeys, (keys) => check(options, keys))

/**
 * The same before there are keys, from what is known of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const check: (
  options: Options,
  keys: {
    readonly algorithms: ReadonlyArray<SigningAlgorithm>
    readonly tokenLifetime: Duration.Duration
  }
) => Effect.Effect<Settings, ConfigurationError> = Effect.fnUntraced(function* (options, keys) {
  // OpenID Connect Core §15.1, Discovery §3: "The algorithm RS256 MUST be included."
  if (!keys.algorithms.includes("RS256")) {
    return yield* refuse("algorithms", "has no RS256, which every OpenID provider has to have")
  }
  const idTokenLifetime = Option.getOrUndefined(Duration.fromInput(options.idTokenLifetime ?? "10 minutes"))
  if (idTokenLifetime === undefined || !(Duration.toSeconds(idTokenLifetime) >= 1)) {
    return yield* refuse("idTokenLifetime", "is not a duration of a second at least")
  }
  if (Duration.isGreaterThan(idTokenLifetime, keys.tokenLifetime)) {
    return yield* refuse("idTokenLifetime", "is longer than the tokenLifetime of the signing keys")
  }
  const salt = options.pairwise?.salt
  if (salt !== undefined && Redacted.value(salt).length < 32) {
    return yield* refuse("pairwise.salt", "has fewer than 32 characters")
  }
  const settings: Settings = {
    idTokenLifetime,
    acr: options.acr,
    acrValues: Array.from(
      new Set([...(options.acr === undefined ? [] : [options.acr]), ...(options.acrValues ?? [])])
    ),
    scopeClaims: { ...standardClaims, ...options.claims },
    ...(salt === undefined
      ? { subjectTypes: ["public"], subjects: { subjectFor: (_, subject) => subject } }
      : { subjectTypes: ["public", "pairwise"], subjects: PairwiseSubjects.make(salt) })
  }
  return settings
})

const refuse = (setting: string, description: string) =>
  Effect.fail(new ConfigurationError({ setting, description }))

/**
 * What the ID tokens of a client are signed with: what it registered, or RS256
 * (OpenID Connect Dynamic Client Registration §2). `undefined` if the server has no
 * such keys; it never has `none`.
 *
 * @category getters
 * @since 0.1.0
 */
export const idTokenAlgorithm = (
  algorithms: ReadonlyArray<SigningAlgorithm>,
  client: Client
): SigningAlgorithm | undefined => {
  const registered = client.idTokenSignedResponseAlg ?? "RS256"
  return algorithms.find((algorithm) => algorithm === registered)
}

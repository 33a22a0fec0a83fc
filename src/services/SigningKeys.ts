/**
 * The keys that a server signs JWTs with, and verifies its own with.
 *
 * `layer` makes them, keeps them sealed in the `KeyStore`, and replaces them in
 * time, so that every token verifies against a JWK Set that a relying party may
 * still use. With `layerSigners` the private keys are somewhere else, in a key
 * management service for example.
 *
 * @since 0.1.0
 */

import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { platform } from "#platform"
import type { JwkSet, PublicJwk } from "../protocol/Jwk.ts"
import type { Claims, SigningAlgorithm } from "../protocol/Jwt.ts"
import type { KeyStore } from "../storage/KeyStore.ts"
import type { StorageError } from "../storage/StorageError.ts"
import { ConfigurationError } from "./ConfigurationError.ts"
import type * as Jose from "./internal/Jose.ts"
import * as KeySchedule from "./internal/KeySchedule.ts"
import * as StoredKeys from "./internal/StoredKeys.ts"
import type { SecretKeys } from "./SecretKeys.ts"
import type { Signer } from "./Signer.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Service {
  /** What the server signs with; the first is the default. */
  readonly algorithms: readonly [SigningAlgorithm, ...ReadonlyArray<SigningAlgorithm>]
  /**
   * A JWT (RFC 7519 §7.1) with the claims as they are, signed by the active key
   * of the algorithm. Its header has `alg`, `kid` and `typ`, which names the kind
   * of token it is (RFC 8725 §3.11).
   *
   * An algorithm that is not one of `algorithms` is a defect.
   */
  readonly sign: (jwt: {
    readonly algorithm: SigningAlgorithm
    readonly type: string
    readonly claims: Claims
  }) => Effect.Effect<string, StorageError>
  /**
   * The claims of a JWT that this server signed, with a key that is still known,
   * and whose `typ` is this one; `None` for everything else. What the claims say,
   * such as `exp`, is for the caller to look at.
   */
  readonly verify: (
    jwt: string,
    expected: { readonly type: string }
  ) => Effect.Effect<Option.Option<Claims>, StorageError>
  /** The JWK Set (RFC 7517 §5) of all keys that are published: next, active, retiring. */
  readonly published: Effect.Effect<JwkSet, StorageError>
  /** For how long relying parties may use a JWK Set that they have fetched. */
  readonly cacheFor: Duration.Duration
  /** For how long a token may be valid: until then the key that signed it is published. */
  readonly tokenLifetime: Duration.Duration
}

/**
 * @category services
 * @since 0.1.0
 */
export class SigningKeys extends Context.Service<SigningKeys, Service>()(
  "effect-oauth/services/SigningKeys"
) {}

/**
 * Replacing a key before its time, for keys that `layer` has made.
 *
 * @category services
 * @since 0.1.0
 */
export class KeyRotation extends Context.Service<
  KeyRotation,
  {
    /**
     * Publishes a new key of the algorithm, which signs as soon as every relying
     * party has had the time to see it. If one is published already, and does not
     * sign yet, that is the one: however many processes rotate at the same moment,
     * there is one new key.
     */
    readonly rotate: (
      algorithm: SigningAlgorithm
    ) => Effect.Effect<
      { readonly kid: string /** In milliseconds since the epoch. */; readonly activeAt: number },
      StorageError
    >
  }
>()("effect-oauth/services/KeyRotation") {}

/**
 * All processes of a server should have the same.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** What to sign with, the default first. Default: `ES256`. OpenID Connect asks for `RS256` as well. */
  readonly algorithms?: Service["algorithms"]
  /** How long a key signs. Default: 90 days. */
  readonly rotateEvery?: Duration.Input
  /** How long relying parties may use a JWK Set that they have fetched. Default: 1 hour. */
  readonly cacheFor?: Duration.Input
  /** How long what is signed is valid, at most. Default: 1 day. */
  readonly tokenLifetime?: Duration.Input
}

/**
 * Keys of the server's own, which follow a schedule. A key is published before it
 * signs, for longer than relying parties may use a JWK Set without it; then it
 * signs; then it is published until the last token that it signed has expired.
 *
 * The schedule is kept by whoever uses the keys: at the first use after a key is
 * due, its successor is made. No process has to be told, and none has to run in
 * the background. Of several that do it at the same moment, the `KeyStore` lets
 * one through.
 *
 * Private keys are sealed with `SecretKeys` before they are stored: a JWE with
 * A256GCM. To replace the secret, put the new one first and keep the old one until
 * the keys that it sealed have been replaced.
 *
 * The first keys are made when the Layer is built, and sign at once. It fails with
 * a `ConfigurationError` on lengths that make no schedule, or if no secret opens the
 * keys that are stored, and with `StorageError`.
 *
 * @example
 * ```ts
 * import { SigningKeys, Storage } from "effect-oauth"
 * import { Layer } from "effect"
 *
 * const Keys = SigningKeys.layer({ algorithms: ["ES256", "RS256"], rotateEvery: "30 days" }).pipe(
 *   Layer.provide(Storage.layerMemory)
 * )
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options = {}
): Layer.Layer<SigningKeys | KeyRotation, ConfigurationError | StorageError, KeyStore | SecretKeys> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const algorithms = options.algorithms ?? (["ES256"] as const)
      const schedule = yield* requireSchedule(options)
      const jose = yield* loadJose
      const keys = yield* StoredKeys.make({ algorithms, schedule, jose })
      const service = make(jose, keys, {
        algorithms,
        cacheFor: Duration.millis(schedule.cacheFor),
        tokenLifetime: Duration.millis(schedule.tokenLifetime)
      })
      return Context.make(SigningKeys, service).pipe(Context.add(KeyRotation, { rotate: keys.rotate }))
    })
  )

/**
 * Keys that somebody else holds, such as a key management service: the first
 * `Signer` of an algorithm signs with it, and all of them are published. To replace
 * a key, put the new one last, then first when relying parties have had the time to
 * see it, and drop the old one when what it signed has expired.
 *
 * Fails with a `ConfigurationError` if two keys have the same `kid`.
 *
 * @example
 * ```ts
 * import { SigningKeys, type Signer, type StorageError } from "effect-oauth"
 * import type { Effect } from "effect"
 *
 * declare const kms: (key: string, input: Uint8Array) => Effect.Effect<Uint8Array, StorageError>
 * declare const publicJwk: Signer.Signer["publicJwk"]
 *
 * const Keys = SigningKeys.layerSigners([{ publicJwk, sign: (input) => kms("oauth/2026", input) }])
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSigners = (
  signers: readonly [Signer, ...ReadonlyArray<Signer>],
  options: Pick<Options, "cacheFor" | "tokenLifetime"> = {}
): Layer.Layer<SigningKeys, ConfigurationError> =>
  Layer.effect(
    SigningKeys,
    Effect.gen(function* () {
      const schedule = yield* requireSchedule(options)
      const jose = yield* loadJose
      const [first, ...others] = signers
      const byKid = new Map(signers.map((signer) => [signer.publicJwk.kid, signer]))
      if (byKid.size < signers.length) return yield* refuse("signers", "has two keys with the same kid")
      const bySigningAlgorithm = new Map(signers.toReversed().map((signer) => [signer.publicJwk.alg, signer]))
      return make(
        jose,
        {
          signer: (algorithm) => Effect.succeed(bySigningAlgorithm.get(algorithm)),
          find: (kid) => Effect.succeed(byKid.get(kid)?.publicJwk),
          published: Effect.succeed({ keys: signers.map(({ publicJwk }) => publicJwk) })
        },
        {
          algorithms: [
            first.publicJwk.alg,
            ...new Set(
              others.map(({ publicJwk }) => publicJwk.alg).filter((alg) => alg !== first.publicJwk.alg)
            )
          ],
          cacheFor: Duration.millis(schedule.cacheFor),
          tokenLifetime: Duration.millis(schedule.tokenLifetime)
        }
      )
    })
  )

// Who installs no keys does not load it.
const loadJose = Effect.promise(() => import("./internal/Jose.ts"))

interface Keys {
  /** The key that signs now; `undefined` if the algorithm is not installed. */
  readonly signer: (algorithm: SigningAlgorithm) => Effect.Effect<Signer | undefined, StorageError>
  readonly find: (kid: string) => Effect.Effect<PublicJwk | undefined, StorageError>
  readonly published: Effect.Effect<JwkSet, StorageError>
}

const make = (
  jose: typeof Jose,
  keys: Keys,
  settings: Pick<Service, "algorithms" | "cacheFor" | "tokenLifetime">
): Service => ({
  ...settings,
  published: keys.published,
  sign: Effect.fnUntraced(function* ({ algorithm, claims, type }) {
    const signer = yield* keys.signer(algorithm)
    if (signer === undefined) return yield* Effect.die(new Error(`No key signs with ${algorithm}`))
    const input = `${headerOf(signer.publicJwk, type)}.${platform.textBase64Url(JSON.stringify(claims))}`
    const signature = yield* signer.sign(encoder.encode(input))
    return `${input}.${platform.base64Url(signature)}`
  }),
  verify: Effect.fnUntraced(function* (jwt, expected) {
    const header = Option.getOrUndefined(jose.readHeader(jwt))
    // RFC 8725 §3.11
    if (header === undefined || header.typ !== expected.type) return Option.none()
    const key = yield* keys.find(header.kid)
    // RFC 8725 §3.1
    if (key === undefined || key.alg !== header.alg) return Option.none()
    return yield* jose.verify(jwt, key)
  })
})

const encoder = new TextEncoder()

// RFC 7515 §4.1
const headerOf = (key: PublicJwk, type: string): string => {
  const known = headers.get(key)?.get(type)
  if (known !== undefined) return known
  const header = platform.textBase64Url(JSON.stringify({ alg: key.alg, typ: type, kid: key.kid }))
  headers.set(key, new Map(headers.get(key)).set(type, header))
  return header
}

// The same for every JWT of a key and a type, of which there are a handful.
const headers = new WeakMap<PublicJwk, ReadonlyMap<string, string>>()

const refuse = (setting: string, description: string) =>
  Effect.fail(new ConfigurationError({ setting, description }))

const requireSchedule = Effect.fnUntraced(function* (options: Options) {
  const millis = (setting: "rotateEvery" | "cacheFor" | "tokenLifetime", otherwise: Duration.Input) => {
    const duration = Option.getOrUndefined(Duration.fromInput(options[setting] ?? otherwise))
    return duration !== undefined && Duration.isFinite(duration) && Duration.toMillis(duration) >= 1000
      ? Effect.succeed(Duration.toMillis(duration))
      : refuse(setting, "is not a finite duration of a second at least")
  }
  const schedule: KeySchedule.Schedule = {
    rotateEvery: yield* millis("rotateEvery", "90 days"),
    cacheFor: yield* millis("cacheFor", "1 hour"),
    tokenLifetime: yield* millis("tokenLifetime", "1 day")
  }
  // Else a key would have to be published before the one that it comes after.
  if (schedule.rotateEvery <= KeySchedule.lead(schedule)) {
    return yield* refuse("rotateEvery", "is not longer than a key has to be published before it signs")
  }
  return schedule
})

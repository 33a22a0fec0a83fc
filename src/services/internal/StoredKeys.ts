/**
 * Signing keys in a `KeyStore`: listed at most once a minute, and replaced when
 * it is time.
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { type JwkSet, PublicJwk } from "../../protocol/Jwk.ts"
import type { SigningAlgorithm } from "../../protocol/Jwt.ts"
import { KeyStore, type SigningKey } from "../../storage/KeyStore.ts"
import { StorageError } from "../../storage/StorageError.ts"
import * as AuditLog from "../AuditLog.ts"
import { ConfigurationError } from "../ConfigurationError.ts"
import { PrivateKeys } from "../PrivateKeys.ts"
import { SecretKeys } from "../SecretKeys.ts"
import type { Signer } from "../Signer.ts"
import type * as Jose from "./Jose.ts"
import * as KeySchedule from "./KeySchedule.ts"

/** The keys as they were listed at some moment. */
interface Listing {
  readonly at: number
  /** In the order in which they were made. */
  readonly keys: ReadonlyArray<SigningKey>
  readonly published: JwkSet
}

// A kid that nobody knows could be that of a first key, which signs at once. Who
// makes up others does not make the store work.
const lookAgainAfter = 1000

// More often than processes could lose a race.
const maximumAttempts = 10

export const make = Effect.fnUntraced(function* (options: {
  readonly algorithms: ReadonlyArray<SigningAlgorithm>
  readonly schedule: KeySchedule.Schedule
  readonly jose: typeof Jose
}) {
  const { algorithms, jose, schedule } = options
  const store = yield* KeyStore
  const secretKeys = yield* SecretKeys
  const privateKeys = yield* PrivateKeys
  const oneAtATime = Semaphore.makeUnsafe(1)
  const signers = new Map<string, Signer>()
  let latest: Listing = { at: Number.NEGATIVE_INFINITY, keys: [], published: { keys: [] } }

  const list = Effect.gen(function* () {
    const at = yield* Clock.currentTimeMillis
    const keys = yield* store.list(at)
    const listing: Listing = { at, keys, published: { keys: keys.flatMap(publicJwk) } }
    return listing
  })

  const add = Effect.fnUntraced(function* (algorithm: SigningAlgorithm, before: SigningKey | undefined) {
    const pair = yield* jose.generate(algorithm)
    const key: SigningKey = {
      id: pair.publicJwk.kid,
      algorithm,
      publicKey: JSON.stringify(pair.publicJwk),
      sealedPrivateKey: yield* jose.seal(secretKeys.current, pair.privateJwk),
      ...KeySchedule.successor(schedule, before, yield* Clock.currentTimeMillis)
    }
    if ((yield* store.add(key, before?.id)) === "Added") {
      const { activeAt, id: kid } = key
      yield* AuditLog.record({ _tag: "SigningKeyAdded", kid, algorithm, activeAt })
    }
  })

  // Adds a key of an algorithm, unless its last one will do. If another process
  // was faster, its key is the one.
  const addUnless = Effect.fnUntraced(function* (
    listing: Listing,
    algorithm: SigningAlgorithm,
    willDo: (last: SigningKey, now: number) => boolean
  ) {
    for (let attempt = 0; attempt < maximumAttempts; attempt++) {
      const last = lastOf(listing, algorithm)
      if (last !== undefined && willDo(last, yield* Clock.currentTimeMillis)) return { listing, key: last }
      yield* add(algorithm, last)
      listing = yield* list
    }
    return yield* new StorageError({
      operation: "SigningKeys.rotate",
      cause: new Error(`No key of ${algorithm} could be added`)
    })
  })

  // A listing counts only when every key that is due has its successor: nobody
  // may be shown a JWK Set that promises more time than there is.
  const refresh = Effect.gen(function* () {
    let listing = yield* list
    for (const algorithm of algorithms) {
      const added = yield* addUnless(
        listing,
        algorithm,
        (last, now) => !KeySchedule.isDue(schedule, last, now)
      )
      listing = added.listing
    }
    latest = listing
    const kids = new Set(listing.keys.map(({ id }) => id))
    for (const kid of signers.keys()) if (!kids.has(kid)) signers.delete(kid)
  })

  const latestIfYounger = (age: number, now: number) =>
    now >= latest.at && now - latest.at < age ? latest : undefined

  // Whoever waited for another's refresh has no need of one.
  const current = Effect.fnUntraced(function* (age: number) {
    return (
      latestIfYounger(age, yield* Clock.currentTimeMillis) ??
      (yield* oneAtATime.withPermits(1)(
        Effect.gen(function* () {
          if (latestIfYounger(age, yield* Clock.currentTimeMillis) === undefined) yield* refresh
          return latest
        })
      ))
    )
  })

  const open = Effect.fnUntraced(function* (key: SigningKey) {
    const [jwk] = publicJwk(key)
    const privateJwk = Option.getOrUndefined(yield* jose.open(secretKeys.all, key.sealedPrivateKey))
    if (jwk === undefined || privateJwk === undefined) return yield* new Unopened({ kid: key.id })
    const signer: Signer = { publicJwk: jwk, sign: yield* privateKeys.load(jwk.alg, privateJwk) }
    signers.set(key.id, signer)
    return signer
  })

  const active = ({ keys }: Listing, algorithm: SigningAlgorithm, now: number) =>
    KeySchedule.active(
      schedule,
      keys.filter((key) => key.algorithm === algorithm),
      now
    )

  const signer = Effect.fnUntraced(function* (algorithm: SigningAlgorithm) {
    if (!algorithms.includes(algorithm)) return undefined
    const listing = yield* current(KeySchedule.refreshEvery)
    const key = active(listing, algorithm, yield* Clock.currentTimeMillis)
    return key && (signers.get(key.id) ?? (yield* open(key)))
  })

  // The same, where nothing has to be looked up or opened for it.
  const signerAtHand = (algorithm: SigningAlgorithm, now: number): Signer | undefined => {
    const listing = latestIfYounger(KeySchedule.refreshEvery, now)
    const key = listing && active(listing, algorithm, now)
    return key && signers.get(key.id)
  }

  const find = Effect.fnUntraced(function* (kid: string) {
    const known = ({ published }: Listing) => published.keys.find((key) => key.kid === kid)
    return known(yield* current(KeySchedule.refreshEvery)) ?? known(yield* current(lookAgainAfter))
  })

  const rotate = (algorithm: SigningAlgorithm) =>
    oneAtATime.withPermits(1)(
      Effect.gen(function* () {
        const listing = yield* list
        const before = lastOf(listing, algorithm)
        const added = yield* addUnless(
          listing,
          algorithm,
          (last, now) => last.id !== before?.id || last.activeAt > now
        )
        yield* refresh
        return { kid: added.key.id, activeAt: added.key.activeAt }
      })
    )

  // A secret that does not open the keys shows at the start, and not at the first request.
  for (const algorithm of algorithms) {
    yield* Effect.catchTag(signer(algorithm), "Unopened", ({ kid }) =>
      Effect.fail(
        new ConfigurationError({ setting: "secret", description: `does not open the signing key ${kid}` })
      )
    )
  }

  return {
    signer: (algorithm: SigningAlgorithm) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const atHand = signerAtHand(algorithm, now)
        return atHand === undefined
          ? Effect.catchTag(signer(algorithm), "Unopened", (cause) =>
              Effect.fail(new StorageError({ operation: "SigningKeys.open", cause }))
            )
          : Effect.succeed(atHand)
      }),
    find,
    published: Effect.map(current(KeySchedule.refreshEvery), ({ published }) => published),
    rotate
  }
})

// Another process, with a secret that this one has not got, made the key.
class Unopened extends Data.TaggedError("Unopened")<{ readonly kid: string }> {}

const lastOf = ({ keys }: Listing, algorithm: SigningAlgorithm) =>
  keys.findLast((key) => key.algorithm === algorithm)

const decodePublicJwk = Schema.decodeUnknownOption(Schema.fromJsonString(PublicJwk))

// A key of a later version's algorithm is none of ours.
const publicJwk = (key: SigningKey): ReadonlyArray<PublicJwk> =>
  Option.toArray(decodePublicJwk(key.publicKey))

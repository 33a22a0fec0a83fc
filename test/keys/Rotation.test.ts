/**
 * The schedule of signing keys, in virtual time: what relying parties see, and
 * what several processes with clocks of their own make of it.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import {
  AuditLog,
  type Jwk,
  KeyStore,
  type SecretKeys,
  SigningKeys,
  Storage,
  StorageError
} from "effect-oauth"
import { runs } from "../support/Runs.ts"

const options = {
  rotateEvery: "10 days",
  cacheFor: "1 hour",
  tokenLifetime: "1 day"
} as const satisfies SigningKeys.Options

const { KeyRotation } = SigningKeys

/** The keys as one more process has them. */
const process = (options: SigningKeys.Options) =>
  Effect.map(Layer.build(SigningKeys.layer(options)), (context) => ({
    keys: SigningKeys.SigningKeys.pipe(Effect.provideContext(context), Effect.runSync),
    rotation: KeyRotation.pipe(Effect.provideContext(context), Effect.runSync)
  }))

const kids = (set: Jwk.JwkSet) => set.keys.map(({ kid }) => kid)

const headerOf = (jwt: string): { readonly kid: string } =>
  JSON.parse(Buffer.from(jwt.split(".")[0] ?? "", "base64url").toString())

const signWith = (keys: SigningKeys.Service) =>
  keys.sign({ algorithm: "ES256", type: "JWT", claims: { sub: "u-1" } })

const signingKid = (keys: SigningKeys.Service) => Effect.map(signWith(keys), (jwt) => headerOf(jwt).kid)

describe("the schedule of a key", () => {
  const inMemory = <A, E>(self: Effect.Effect<A, E, Storage.Storage | SecretKeys.SecretKeys | Scope.Scope>) =>
    self.pipe(Effect.scoped, Effect.provide(Storage.layerMemory))

  it.effect("the first one signs at once", () =>
    inMemory(
      Effect.gen(function* () {
        const { keys } = yield* process(options)
        const published = kids(yield* keys.published)
        assert.lengthOf(published, 1)
        assert.deepStrictEqual([yield* signingKid(keys)], published)
      })
    )
  )

  // @covers oidc-core-10.1.1-a oidc-core-10.2.1-c
  it.effect("the next one is published before it signs, and the old one until its last token expires", () =>
    inMemory(
      Effect.gen(function* () {
        const { keys } = yield* process(options)
        const [first] = kids(yield* keys.published)
        // An hour of cache, a minute until every process has seen it, and a minute of clock skew.
        yield* TestClock.setTime(Duration.toMillis("10 days") - Duration.toMillis("62 minutes") - 1)
        assert.lengthOf(kids(yield* keys.published), 1)
        yield* TestClock.adjust("1 minute")
        const published = kids(yield* keys.published)
        assert.lengthOf(published, 2)
        assert.strictEqual(published[0], first)
        yield* TestClock.adjust("61 minutes")
        assert.strictEqual(yield* signingKid(keys), first)
        const last = yield* signWith(keys)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual(yield* signingKid(keys), published[1])
        yield* TestClock.adjust("1 day")
        assert.isTrue(Option.isSome(yield* keys.verify(last, { type: "JWT" })))
        assert.deepStrictEqual(kids(yield* keys.published), published)
        yield* TestClock.adjust("2 hours")
        assert.deepStrictEqual(kids(yield* keys.published), [published[1]])
        assert.deepStrictEqual(yield* keys.verify(last, { type: "JWT" }), Option.none())
      })
    )
  )

  it.effect("rotated on demand: the new one signs when every relying party has seen it", () =>
    inMemory(
      Effect.gen(function* () {
        const { keys, rotation } = yield* process(options)
        const first = yield* signingKid(keys)
        yield* TestClock.adjust("1 hour")
        const next = yield* rotation.rotate("ES256")
        assert.strictEqual(next.activeAt, Duration.toMillis("122 minutes"))
        assert.deepStrictEqual(kids(yield* keys.published), [first, next.kid])
        // Once more is not twice.
        assert.deepStrictEqual(yield* rotation.rotate("ES256"), next)
        yield* TestClock.setTime(next.activeAt - 1)
        assert.strictEqual(yield* signingKid(keys), first)
        yield* TestClock.setTime(next.activeAt)
        assert.strictEqual(yield* signingKid(keys), next.kid)
        assert.notStrictEqual((yield* rotation.rotate("ES256")).kid, next.kid)
      })
    )
  )

  it.effect("a server that was down for long signs with a new key, which is published at once", () =>
    inMemory(
      Effect.gen(function* () {
        const { keys } = yield* process(options)
        const first = yield* signingKid(keys)
        yield* TestClock.adjust("30 days")
        const second = yield* signingKid(keys)
        assert.notStrictEqual(second, first)
        assert.deepStrictEqual(kids(yield* keys.published), [second])
      })
    )
  )

  it.effect("rotated on demand after that: there is one new key, which signs at once", () =>
    inMemory(
      Effect.gen(function* () {
        const { keys, rotation } = yield* process(options)
        yield* TestClock.adjust("30 days")
        const { activeAt, kid } = yield* rotation.rotate("ES256")
        assert.strictEqual(activeAt, Duration.toMillis("30 days"))
        assert.deepStrictEqual(kids(yield* keys.published), [kid])
        assert.strictEqual(yield* signingKid(keys), kid)
      })
    )
  )

  it.effect("the audit log is told of every key that was made, and not of those that came too late", () =>
    Effect.gen(function* () {
      const events: Array<AuditLog.AuditEvent> = []
      yield* Effect.gen(function* () {
        const both = yield* Effect.all([process(options), process(options)], { concurrency: "unbounded" })
        yield* Effect.forEach(both, ({ rotation }) => rotation.rotate("ES256"), { concurrency: "unbounded" })
        const published = kids(yield* both[0].keys.published)
        const made = { _tag: "SigningKeyAdded", algorithm: "ES256" } as const
        assert.deepStrictEqual(events, [
          { ...made, kid: published[0] ?? "", activeAt: 0 },
          { ...made, kid: published[1] ?? "", activeAt: Duration.toMillis("62 minutes") + 1 }
        ])
      }).pipe(
        inMemory,
        Effect.provideService(AuditLog.AuditLog, {
          record: (event) =>
            Effect.sync(() => {
              events.push(event)
            })
        })
      )
    })
  )

  it.effect("each algorithm has a schedule of its own", () =>
    inMemory(
      Effect.gen(function* () {
        const { keys, rotation } = yield* process({ ...options, algorithms: ["ES256", "EdDSA"] })
        yield* rotation.rotate("EdDSA")
        const { keys: published } = yield* keys.published
        assert.deepStrictEqual(published.map(({ alg }) => alg).sort(), ["ES256", "EdDSA", "EdDSA"])
      })
    )
  )

  it.effect("an algorithm that is no longer installed is still verified, and signs nothing", () =>
    inMemory(
      Effect.gen(function* () {
        const before = yield* process({ ...options, algorithms: ["ES256", "EdDSA"] })
        const jwt = yield* before.keys.sign({ algorithm: "EdDSA", type: "JWT", claims: { sub: "u-1" } })
        const after = yield* process(options)
        assert.isTrue(Option.isSome(yield* after.keys.verify(jwt, { type: "JWT" })))
        const exit = yield* Effect.exit(
          after.keys.sign({ algorithm: "EdDSA", type: "JWT", claims: { sub: "u-1" } })
        )
        assert.strictEqual(exit._tag, "Failure")
      })
    )
  )

  it.effect("a first key that another process has just made is found", () =>
    inMemory(
      Effect.gen(function* () {
        const early = yield* process(options)
        yield* TestClock.adjust("2 seconds")
        const late = yield* process({ ...options, algorithms: ["EdDSA"] })
        const jwt = yield* late.keys.sign({ algorithm: "EdDSA", type: "JWT", claims: { sub: "u-1" } })
        assert.isTrue(Option.isSome(yield* early.keys.verify(jwt, { type: "JWT" })))
      })
    )
  )
})

describe("the store is asked once a minute, and not by whoever likes to", () => {
  const counting = Effect.gen(function* () {
    const store = yield* KeyStore.KeyStore
    let listed = 0
    let down = false
    const counted = KeyStore.KeyStore.of({
      ...store,
      list: (now) =>
        Effect.suspend(() => {
          listed++
          return down ? new StorageError({ operation: "KeyStore.list", cause: "down" }) : store.list(now)
        }).pipe(Effect.tap(Effect.promise(() => Promise.resolve()))),
      add: (key, after) =>
        down ? new StorageError({ operation: "KeyStore.add", cause: "down" }) : store.add(key, after)
    })
    return {
      counted,
      listed: () => listed,
      goDown: (value: boolean) => {
        down = value
      }
    }
  })

  it.effect("a hundred at once, and unknown keys by the thousand", () =>
    Effect.gen(function* () {
      const { counted, listed } = yield* counting
      const { keys } = yield* process(options).pipe(Effect.provideService(KeyStore.KeyStore, counted))
      const jwt = yield* signWith(keys)
      yield* TestClock.adjust("1 minute")
      const before = listed()
      yield* Effect.all(
        Array.from({ length: 100 }, () => signWith(keys)),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(listed() - before, 1)
      const forged = jwt.replace(
        /^[^.]+/,
        Buffer.from(`{"alg":"ES256","typ":"JWT","kid":"x"}`).toString("base64url")
      )
      yield* TestClock.adjust("1 second")
      for (let i = 0; i < 1000; i++) yield* keys.verify(forged, { type: "JWT" })
      assert.strictEqual(listed() - before, 2)
    }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory))
  )

  it.effect("a store that is down is told as such, and never as a key that is not known", () =>
    Effect.gen(function* () {
      const { counted, goDown } = yield* counting
      const { keys } = yield* process(options).pipe(Effect.provideService(KeyStore.KeyStore, counted))
      const jwt = yield* signWith(keys)
      goDown(true)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Effect.flip(signWith(keys)))._tag, "StorageError")
      assert.strictEqual((yield* Effect.flip(keys.published))._tag, "StorageError")
      assert.strictEqual((yield* Effect.flip(keys.verify(jwt, { type: "JWT" })))._tag, "StorageError")
      goDown(false)
      assert.isTrue(Option.isSome(yield* keys.verify(jwt, { type: "JWT" })))
    }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory))
  )
})

/** A clock that is ahead of, or behind, the one of the test. */
const skewed = (millis: number) =>
  Effect.map(
    Clock.Clock,
    (clock): Clock.Clock => ({
      ...clock,
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + millis,
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + millis),
      currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe() + BigInt(millis) * 1_000_000n,
      currentTimeNanos: Effect.map(clock.currentTimeNanos, (now) => now + BigInt(millis) * 1_000_000n),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    })
  )

const millis = (min: number, max: number) =>
  Schema.Int.check(Schema.isBetween({ minimum: min, maximum: max }))
const minute = 60_000
const hour = 60 * minute

/**
 * Time passes, somebody may rotate, and some of the processes are asked for a
 * token and for their JWK Set. The times are those at which something happens.
 */
const Step = Schema.Struct({
  wait: Schema.Union([
    millis(0, minute - 1),
    millis(minute - 5, minute + 5),
    millis(hour - minute, hour + 3 * minute),
    millis(0, 3 * hour),
    millis(7 * hour, 13 * hour)
  ]),
  rotate: Schema.Literals(["nobody", 0, 1, 2]),
  asked: Schema.Tuple([Schema.Boolean, Schema.Boolean, Schema.Boolean])
})

const Skew = Schema.Literals([-30_000, 0, 30_000])

describe("what relying parties can rely on", () => {
  const law = {
    rotateEvery: "9 hours",
    cacheFor: "1 hour",
    tokenLifetime: "2 hours"
  } as const satisfies SigningKeys.Options
  const [cacheFor, tokenLifetime] = [Duration.toMillis(law.cacheFor), Duration.toMillis(law.tokenLifetime)]

  it.effect.prop(
    "at every moment every unexpired token verifies against every JWK Set that may still be used",
    {
      steps: Arbitrary.array(Arbitrary.schema(Step), { minLength: 20, maxLength: 60 }),
      skews: Arbitrary.schema(Schema.Tuple([Skew, Skew, Skew]))
    },
    ({ skews, steps }) =>
      Effect.gen(function* () {
        // A time at which no clock is before the epoch.
        yield* TestClock.setTime(hour)
        const clocks = yield* Effect.forEach(skews, skewed)
        const processes = yield* Effect.forEach(clocks, (clock) =>
          Effect.map(Effect.provideService(process(law), Clock.Clock, clock), ({ keys, rotation }) => ({
            sign: Effect.provideService(signWith(keys), Clock.Clock, clock),
            verify: (jwt: string) =>
              Effect.provideService(keys.verify(jwt, { type: "JWT" }), Clock.Clock, clock),
            published: Effect.provideService(keys.published, Clock.Clock, clock),
            rotate: Effect.provideService(rotation.rotate("ES256"), Clock.Clock, clock)
          }))
        )
        const tokens: Array<{ readonly jwt: string; readonly kid: string; readonly expiresAt: number }> = []
        const sets: Array<{ readonly kids: ReadonlyArray<string>; readonly until: number }> = []

        for (const { asked, rotate, wait } of steps) {
          yield* TestClock.adjust(wait)
          const now = yield* Clock.currentTimeMillis
          if (rotate !== "nobody") yield* processes[rotate]?.rotate ?? Effect.void
          for (const { published, sign } of processes.filter((_, process) => asked[process])) {
            const jwt = yield* sign
            tokens.push({ jwt, kid: headerOf(jwt).kid, expiresAt: now + tokenLifetime })
            sets.push({ kids: kids(yield* published), until: now + cacheFor })
          }
          const unexpired = tokens.filter(({ expiresAt }) => now <= expiresAt)
          for (const set of sets.filter(({ until }) => now <= until)) {
            for (const { kid } of unexpired) assert.include(set.kids, kid)
          }
        }
        const now = yield* Clock.currentTimeMillis
        for (const { jwt } of tokens.filter(({ expiresAt }) => now <= expiresAt)) {
          for (const { verify } of processes) assert.isTrue(Option.isSome(yield* verify(jwt)))
        }
      }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory)),
    // Each run signs and verifies hundreds of tokens.
    { arbitrary: { runs }, timeout: 120_000 }
  )
})

describe("a store that does not do as it should", () => {
  it.effect("takes no key: the server does not start, and says so", () =>
    Effect.gen(function* () {
      const store = yield* KeyStore.KeyStore
      const full = KeyStore.KeyStore.of({ ...store, add: () => Effect.succeed("Superseded") })
      const error = yield* Effect.flip(process(options).pipe(Effect.provideService(KeyStore.KeyStore, full)))
      assert.strictEqual(error._tag, "StorageError")
      if (error._tag !== "StorageError") return
      assert.strictEqual(error.operation, "SigningKeys.rotate")
      assert.strictEqual(String(error.cause), "Error: No key of ES256 could be added")
    }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory))
  )
})

describe("settings that make no schedule", () => {
  const failure = (options: SigningKeys.Options) =>
    Effect.flip(Layer.build(SigningKeys.layer(options))).pipe(
      Effect.map(({ message }) => message),
      Effect.scoped,
      Effect.provide(Storage.layerMemory)
    )

  it.effect("are refused by name", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* failure({ cacheFor: "0 seconds" }),
        "cacheFor: is not a finite duration of a second at least"
      )
      assert.strictEqual(
        yield* failure({ tokenLifetime: Duration.infinity }),
        "tokenLifetime: is not a finite duration of a second at least"
      )
      assert.strictEqual(
        yield* failure({ rotateEvery: "62 minutes" }),
        "rotateEvery: is not longer than a key has to be published before it signs"
      )
    })
  )

  it.effect("and those that just make one are not", () =>
    Effect.gen(function* () {
      assert.strictEqual(
        yield* failure({ cacheFor: "999 millis" }),
        "cacheFor: is not a finite duration of a second at least"
      )
      // Whoever writes JavaScript may say so.
      assert.strictEqual(
        yield* failure({ rotateEvery: JSON.parse('"soon"') }),
        "rotateEvery: is not a finite duration of a second at least"
      )
      const { keys } = yield* process({
        rotateEvery: "121001 millis",
        cacheFor: "1 second",
        tokenLifetime: "1 second"
      })
      assert.deepStrictEqual([keys.cacheFor, keys.tokenLifetime].map(Duration.toMillis), [1000, 1000])
    }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory))
  )

  it.effect("have defaults: ES256 for 90 days, for relying parties an hour, for tokens a day", () =>
    Effect.gen(function* () {
      const { keys, rotation } = yield* process({})
      assert.deepStrictEqual(keys.algorithms, ["ES256"])
      assert.deepStrictEqual([keys.cacheFor, keys.tokenLifetime].map(Duration.toHours), [1, 24])
      const store = yield* KeyStore.KeyStore
      const [key] = yield* store.list(0)
      assert.strictEqual(key?.retiresAt, Duration.toMillis("90 days"))
      assert.strictEqual((yield* rotation.rotate("ES256")).activeAt, Duration.toMillis("62 minutes") + 1)
    }).pipe(Effect.scoped, Effect.provide(Storage.layerMemory))
  )
})

/**
 * Everything at once, over a few grants and many connections, by clocks that do not agree: nobody waits for
 * somebody who waits for him, and every outcome is one that the others leave room for.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import { inSchema, temporarySchema } from "../../support/Postgres.ts"
import { describeWith, postgres } from "../../support/Services.ts"
import { accessToken, code, family, grant, hash, minute, now, rotation, second } from "../suite/Fixtures.ts"

const connections = 25
const duration = 8 * second
const hour = 60 * minute
const grantsAtOnce = 6

/** What the store said, in the names of the test. */
interface Ledger {
  /** Who redeemed a code. */
  readonly redeemed: Map<string, number>
  /** Who advanced a family, by its name and generation. */
  readonly rotated: Map<string, number>
  /** The generation that a family has as far as is known. */
  readonly generations: Map<string, number>
  /** The access tokens that were issued, with their grants. */
  readonly issued: Map<string, string>
  /** Those of them that were revoked for themselves. */
  readonly revoked: Set<string>
  /** The grants that were revoked, and when by the number of the command that said so first. */
  readonly ended: Map<string, number>
  readonly wrong: Array<string>
  readonly outcomes: Map<string, number>
}

const count = <Key>(counts: Map<Key, number>, key: Key) => counts.set(key, (counts.get(key) ?? 0) + 1)

/** Issued by any clock, something lasting outlives the test; the rest expires under it, for some clocks at once. */
const lifetime = Effect.map(Random.nextBoolean, (lasting) => ({
  lasting,
  length: lasting ? hour : 5 * second
}))

const stress = Effect.gen(function* () {
  const store = yield* GrantStore
  const started = Date.now()
  const elapsed = () => Date.now() - started
  let commands = 0
  let grants = 0
  const ledger: Ledger = {
    redeemed: new Map(),
    rotated: new Map(),
    generations: new Map(),
    issued: new Map(),
    revoked: new Set(),
    ended: new Map(),
    wrong: [],
    outcomes: new Map()
  }
  const open: Array<string> = []

  /** A grant with a code, an access token and a family, all of them lasting or none. */
  const authorize = Effect.fnUntraced(function* (at: number, number: number) {
    const name = `${grants++}`
    const token = `access ${number}`
    const { lasting, length } = yield* lifetime
    const expires = { expiresAt: at + length }
    yield* store.authorize(grant({ name: `grant ${name}`, createdAt: at }), {
      code: code(`code ${name}`, { expiresAt: at + 5 * second }),
      accessToken: accessToken(token, expires),
      refreshFamily: family({
        id: FamilyId(`family ${name}`),
        currentHash: hash(`family ${name} 0`),
        ...expires
      })
    })
    if (lasting) ledger.issued.set(token, name)
    open.push(name)
    if (open.length > grantsAtOnce) open.shift()
    return "Authorized"
  })

  const redeem = Effect.fnUntraced(function* (at: number, number: number, name: string) {
    const token = `access ${number}`
    const { lasting, length } = yield* lifetime
    const { _tag } = yield* store.redeemCode({
      hash: hash(`code ${name}`),
      now: at,
      issue: { accessToken: accessToken(token, { expiresAt: at + length }) }
    })
    if (_tag === "Redeemed") {
      count(ledger.redeemed, name)
      if (lasting) ledger.issued.set(token, name)
    }
    if (_tag === "Replayed") end(name)
    return _tag
  })

  const rotate = Effect.fnUntraced(function* (at: number, number: number, name: string) {
    const current = ledger.generations.get(name) ?? 0
    // Mostly the token that is current, often its parent, and seldom one that is older.
    const older = yield* Random.nextIntBetween(0, 100)
    const generation = Math.max(0, current - (older < 60 ? 0 : older < 99 ? 1 : 2))
    const token = `access ${number}`
    const { lasting, length } = yield* lifetime
    const outcome = yield* store.rotate(
      rotation(generation, {
        family: FamilyId(`family ${name}`),
        presented: { hash: hash(`family ${name} ${generation}`), generation },
        next: { hash: hash(`family ${name} ${generation + 1}`), expiresAt: at + length },
        now: at,
        grace: { window: 5 * minute, maximumReplays: 3 },
        accessToken: accessToken(token, { issuedAt: at, expiresAt: at + length })
      })
    )
    if (outcome._tag === "Rotated") {
      count(ledger.rotated, `${name} ${generation}`)
      ledger.generations.set(name, Math.max(generation + 1, ledger.generations.get(name) ?? 0))
    }
    const isIssued = outcome._tag === "Rotated" || outcome._tag === "GraceReplay"
    if (isIssued && lasting) ledger.issued.set(token, name)
    if (outcome._tag === "Reused") end(name)
    return outcome._tag
  })

  const revokeToken = Effect.fnUntraced(function* (at: number) {
    const tokens = Array.from(ledger.issued.keys()).slice(-30)
    const token = tokens[yield* Random.nextIntBetween(0, tokens.length)]
    if (token === undefined) return "NoToken"
    const outcome = yield* store.revoke({ _tag: "AccessToken", hash: hash(token) }, at)
    if (outcome !== "Unknown") ledger.revoked.add(token)
    return outcome
  })

  const revokeFamily = (at: number, name: string) =>
    Effect.tap(store.revoke({ _tag: "RefreshFamily", id: FamilyId(`family ${name}`) }, at), (outcome) =>
      Effect.sync(() => outcome !== "Unknown" && end(name))
    )

  const revokeGrant = (at: number, name: string) =>
    Effect.tap(store.revoke({ _tag: "Grant", id: GrantId(`grant ${name}`) }, at), (outcome) =>
      Effect.sync(() => outcome !== "Unknown" && end(name))
    )

  const end = (name: string) => {
    if (!ledger.ended.has(name)) ledger.ended.set(name, commands)
  }

  const one = Effect.gen(function* () {
    const number = ++commands
    const at = now + elapsed() + (yield* Random.nextIntBetween(-6, 6)) * second
    const name = open[yield* Random.nextIntBetween(0, open.length)] ?? ""
    const dice = yield* Random.nextIntBetween(0, 100)
    const [verb, run] =
      dice < 6
        ? (["authorize", authorize(at, number)] as const)
        : dice < 20
          ? (["redeem", redeem(at, number, name)] as const)
          : dice < 80
            ? (["rotate", rotate(at, number, name)] as const)
            : dice < 90
              ? (["revoke token", revokeToken(at)] as const)
              : dice < 91
                ? (["revoke family", revokeFamily(at, name)] as const)
                : dice < 92
                  ? (["revoke grant", revokeGrant(at, name)] as const)
                  : (["sweep", Effect.as(store.sweep({ now: at, limit: 20 }), "Swept")] as const)
    const ended = ledger.ended.has(name)
    const outcome = yield* run
    count(ledger.outcomes, `${verb}: ${outcome}`)
    if (ended && ["Redeemed", "Rotated", "GraceReplay"].includes(outcome))
      ledger.wrong.push(`${verb} ${name}: ${outcome} after it was revoked`)
  }).pipe(
    Effect.catchTag("StorageError", (error) => Effect.sync(() => ledger.wrong.push(describeError(error))))
  )

  for (let index = 0; index < grantsAtOnce; index++) yield* authorize(now, ++commands)
  const worker = Effect.whileLoop({
    while: () => elapsed() < duration,
    body: () => one,
    step: () => undefined
  })
  yield* Effect.all(
    Array.from({ length: connections }, () => worker),
    { concurrency: "unbounded" }
  )
  return { ...ledger, commands }
})

const describeError = (error: unknown): string =>
  error instanceof Error ? `${error.message} < ${describeError(error.cause)}` : String(error)

const many = (counts: Map<string, number>) => Array.from(counts).filter(([, count]) => count > 1)

await describeWith(postgres, (url) => {
  describe("under stress", () => {
    const layer = Layer.unwrap(
      Effect.map(temporarySchema(url), (schema) =>
        SqlStorage.layer.pipe(Layer.provide(inSchema(url, schema, connections)))
      )
    )

    it.live(
      "nobody deadlocks, a code is redeemed once, a generation has one successor, and what is revoked is dead",
      () =>
        Effect.gen(function* () {
          const store = yield* GrantStore
          const { commands, ended, issued, outcomes, redeemed, revoked, rotated, wrong } = yield* stress
          console.info(`${commands} commands:`, Object.fromEntries(Array.from(outcomes).toSorted()))
          assert.deepStrictEqual(wrong, [])
          assert.deepStrictEqual(many(redeemed), [])
          assert.deepStrictEqual(many(rotated), [])

          for (const [token, name] of issued) {
            const found = Option.getOrUndefined(yield* store.findAccessToken(hash(token)))
            // Revoked or not: a sweep takes what has expired, and this has not by any clock.
            assert.isDefined(found, `${token} of ${name} is lost`)
            if (ended.has(name)) assert.isDefined(found?.grant.revokedAt, `${token} of ${name} lives on`)
            else if (revoked.has(token)) assert.isDefined(found?.revokedAt, `${token} lives on`)
            else assert.strictEqual(found?.revokedAt ?? found?.grant.revokedAt, undefined, token)
          }
          for (const name of ended.keys()) {
            const found = Option.getOrUndefined(yield* store.findRefreshFamily(FamilyId(`family ${name}`)))
            if (found !== undefined) assert.isDefined(found.grant.revokedAt, `family ${name} lives on`)
          }

          // All of it came up, or nothing was shown.
          for (const outcome of [
            "redeem: Redeemed",
            "redeem: Replayed",
            "redeem: Expired",
            "rotate: Rotated",
            "rotate: GraceReplay",
            "rotate: Reused",
            "rotate: Revoked",
            "revoke token: Revoked",
            "revoke family: Revoked",
            "revoke grant: Revoked",
            "sweep: Swept"
          ])
            assert.isAbove(outcomes.get(outcome) ?? 0, 0, outcome)
          assert.isAbove(commands, 500)
        }).pipe(Effect.provide(layer)),
      60_000
    )
  })
})

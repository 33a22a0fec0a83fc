/** What the stores in Redis are made of, over a Redis that answers what it is told to. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis, RedisError } from "effect/persistence/Redis"
import * as Result from "effect/Result"
import { GrantId, type GrantStatus, type Page } from "../../../src/storage/GrantStore.ts"
import * as Claims from "../../../src/storage/redis/internal/Claims.ts"
import { Duplicate } from "../../../src/storage/redis/internal/Failure.ts"
import * as GrantKeys from "../../../src/storage/redis/internal/GrantKeys.ts"
import * as GrantRows from "../../../src/storage/redis/internal/GrantRows.ts"
import * as Issued from "../../../src/storage/redis/internal/Issued.ts"
import * as Keyspace from "../../../src/storage/redis/internal/Keyspace.ts"
import * as Lookups from "../../../src/storage/redis/internal/Lookups.ts"
import * as Owners from "../../../src/storage/redis/internal/Owners.ts"
import * as Reply from "../../../src/storage/redis/internal/Reply.ts"
import * as Script from "../../../src/storage/redis/internal/Script.ts"
import * as Sweep from "../../../src/storage/redis/internal/Sweep.ts"
import { accessToken, code, day, family, grant, hash, minute, now } from "../suite/Fixtures.ts"

const keyspace = Keyspace.make({})
const keys = GrantKeys.make(keyspace)
const grantId = GrantId("grant")

/** A Redis, and what it was asked. The last answer is given again and again. */
const redisOf = (answers: {
  readonly sent?: ReadonlyArray<unknown>
  readonly evaluated?: ReadonlyArray<unknown | RedisError>
}) => {
  const sent: Array<ReadonlyArray<string>> = []
  const evaluated: Array<ReadonlyArray<unknown>> = []
  const nth = (all: ReadonlyArray<unknown> = [], index: number) => all[Math.min(index, all.length - 1)]
  const layer = Layer.mock(Redis, {
    send: <A>(...command: ReadonlyArray<string>) =>
      Effect.succeed(nth(answers.sent, sent.push(command) - 1) as A),
    eval:
      () =>
      (...params: ReadonlyArray<unknown>) => {
        const answer = nth(answers.evaluated, evaluated.push(params) - 1)
        return answer instanceof RedisError ? Effect.fail(answer) : Effect.succeed(answer)
      }
  })
  return { sent, evaluated, redis: Effect.provide(Effect.service(Redis), layer) }
}

/** What reading ends with. */
const refusalOf = (read: () => unknown) => {
  try {
    return read()
  } catch (error) {
    return error instanceof Reply.UnexpectedReply ? error.message : error
  }
}

describe("a reply", () => {
  for (const [reader, what, read, about] of [
    ["listOf", "a text", () => Reply.listOf("a"), "no list"],
    ["textOf", "a number", () => Reply.textOf(1), "no text"],
    ["numberOf", "a word", () => Reply.numberOf("soon"), "no number"],
    ["numberOf", "nothing", () => Reply.numberOf(null), "no number"],
    ["numberOf", "yes", () => Reply.numberOf(true), "no number"],
    ["jsonOf", "half of it", () => Reply.jsonOf("{"), "no JSON"],
    ["jsonOf", "a number", () => Reply.jsonOf(1), "no JSON"],
    ["text", "nothing", () => Reply.text({}, "scope"), "the field scope"],
    ["text", "a number", () => Reply.text({ scope: 1 }, "scope"), "the field scope"],
    ["integer", "nothing", () => Reply.integer({}, "issuedAt"), "the field issuedAt"],
    ["integer", "null", () => Reply.integer({ issuedAt: null }, "issuedAt"), "the field issuedAt"],
    ["integer", "a fraction", () => Reply.integer({ issuedAt: "1.5" }, "issuedAt"), "the field issuedAt"]
  ] as const) {
    it(`is told for what it is not, and not for what it was: ${reader} of ${what}`, () => {
      assert.strictEqual(refusalOf(read), `Redis answered something unexpected: ${about}`)
    })
  }

  it("has its numbers in the way of any protocol", () => {
    assert.deepStrictEqual([5, 5n, "5"].map(Reply.numberOf), [5, 5, 5])
  })

  it("may leave a field out", () => {
    for (const absent of [{}, { field: null }]) {
      assert.isUndefined(Reply.optionalText(absent, "field"))
      assert.isUndefined(Reply.optionalInteger(absent, "field"))
    }
  })
})

describe("a row", () => {
  const status: GrantStatus = { ...grant(), revokedAt: undefined }
  const row = {
    redirectUri: "https://app.example/cb",
    redirectUriGiven: "1",
    extensions: "{}",
    issuedAt: "1",
    expiresAt: "2"
  }

  it("is that of no grant where there is no entry", () => {
    assert.isUndefined(GrantRows.readGrant(GrantRows.grantFields.map(() => null)))
  })

  for (const [field, values] of [
    ["codeChallengeMethod", { codeChallenge: "abc", codeChallengeMethod: "S512" }],
    ["extensions", { extensions: "[]" }]
  ] as const) {
    it(`of a code tells of the field that is nonsense: ${field}`, () => {
      const read = () => GrantRows.readCode(hash("code"), { ...row, ...values }, status)
      assert.strictEqual(refusalOf(read), `Redis answered something unexpected: the field ${field}`)
    })
  }
})

describe("a key", () => {
  it("begins with oauth, unless it is told another prefix", () => {
    assert.strictEqual(Keyspace.make({}).key("client", "app"), "oauth:client:app")
    assert.strictEqual(Keyspace.make({ prefix: "other" }).key("client", "app"), "other:client:app")
  })
})

describe("a code", () => {
  it("is kept as long as anything that is issued together with it", () => {
    const lifetimeWith = (...expiries: ReadonlyArray<number>) => {
      const tokens = expiries.flatMap((expiresAt) =>
        Issued.tokens({ keys, keyspace }, grantId, { accessToken: accessToken("token", { expiresAt }) })
      )
      return Issued.withCode({ keys, keyspace }, grantId, code("code"), tokens)[0]?.lifetime
    }
    assert.strictEqual(lifetimeWith(), keyspace.lifetime(code("code").expiresAt, code("code").issuedAt))
    assert.strictEqual(lifetimeWith(now + minute, now + 7 * day, now), keyspace.lifetime(now + 7 * day, now))
  })
})

describe("a name that another has claimed", () => {
  const claim = Effect.fnUntraced(function* (answers: Parameters<typeof redisOf>[0]) {
    const { evaluated, redis, sent } = redisOf(answers)
    const claims = Claims.make(yield* redis)
    const outcome = yield* claims.claim("lookup", "here", "1000", (place) => `key at ${place}`)
    return { outcome, claimed: evaluated.length, sent }
  })

  it.effect("is taken where there is something in the other's place", () =>
    Effect.gen(function* () {
      const { claimed, outcome, sent } = yield* claim({ evaluated: ["there"], sent: [1] })
      assert.strictEqual(outcome, "Taken")
      assert.strictEqual(claimed, 1)
      assert.deepStrictEqual(sent, [["EXISTS", "key at there"]])
    })
  )

  it.effect("is asked for again until there is", () =>
    Effect.gen(function* () {
      const { claimed, outcome } = yield* claim({ evaluated: ["there"], sent: [0, 0, 1] })
      assert.strictEqual(outcome, "Taken")
      assert.strictEqual(claimed, 3)
    })
  )

  it.effect("is had when the other gives it up", () =>
    Effect.gen(function* () {
      const { claimed, outcome } = yield* claim({ evaluated: ["there", null], sent: [0] })
      assert.strictEqual(outcome, "Claimed")
      assert.strictEqual(claimed, 2)
    })
  )

  it.effect("is taken after a hundred times", () =>
    Effect.gen(function* () {
      const { claimed, outcome } = yield* claim({ evaluated: ["there"], sent: [0] })
      assert.strictEqual(outcome, "Taken")
      assert.strictEqual(claimed, 100)
    })
  )
})

describe("a transition with names", () => {
  const origin = { grantId, code: "" }
  const issued = Issued.tokens({ keys, keyspace }, grantId, {
    accessToken: accessToken("token"),
    refreshFamily: family()
  })
  const [token, refresh] = issued.map(({ place }) => place)

  /** The names are claimed in their order, and then released. */
  const claiming = Effect.fnUntraced(function* (names: ReadonlyArray<string | null>, answer: unknown) {
    const { evaluated, redis, sent } = redisOf({ evaluated: [...names, 1], sent: [1] })
    const told: Array<string> = []
    const lookups = Lookups.make(yield* redis, keys)
    const result = yield* Effect.result(
      lookups.claiming(origin, issued, {
        before: [],
        issues: ["Issued"],
        run: (claim) =>
          Effect.sync(() => {
            told.push(claim)
            return answer
          })
      })
    )
    return { result, told, sent, released: evaluated.slice(names.length).map(([keys]) => keys) }
  })

  it.effect("has them where it issues something", () =>
    Effect.gen(function* () {
      const { released, result, told } = yield* claiming([null, null], ["Issued", "more"])
      assert.deepStrictEqual(result, Result.succeed(["Issued", "more"]))
      assert.deepStrictEqual(told, ["Claimed"])
      assert.deepStrictEqual(released, [])
    })
  )

  it.effect("gives back those that it has, and no other's", () =>
    Effect.gen(function* () {
      const other = GrantId("other")
      const { released, result, sent, told } = yield* claiming([null, `:${other}`], ["Duplicate"])
      assert.deepStrictEqual(result, Result.fail(new Duplicate()))
      assert.deepStrictEqual(told, ["Taken"])
      assert.deepStrictEqual(sent, [["EXISTS", keys.place("family", refresh?.name ?? "", other).key]])
      assert.deepStrictEqual(released, [[token?.lookup]])
    })
  )

  it.effect("answers something", () =>
    Effect.gen(function* () {
      const { result } = yield* claiming([null, null], [])
      assert.deepStrictEqual(result, Result.fail(new Reply.UnexpectedReply({ about: "an empty list" })))
    })
  )

  it("says what is wrong with a duplicate, and not which it is", () => {
    assert.strictEqual(new Duplicate().message, "There is something of this key already")
  })
})

describe("the grants of an owner", () => {
  const entry = (number: number) => `000000000000000${number}:${number}`
  const grantOf = (number: number): GrantStatus => ({
    ...grant({ name: String(number), createdAt: number }),
    revokedAt: undefined
  })
  /** What is told of these entries, page by page as Redis has them, and what it is asked. */
  const listed = Effect.fnUntraced(function* (
    entries: ReadonlyArray<ReadonlyArray<number>>,
    page: Page,
    there: (number: number) => boolean = () => true
  ) {
    const { redis, sent } = redisOf({ sent: entries.map((numbers) => numbers.map(entry)) })
    const told = yield* Owners.make(yield* redis).oldestFirst(
      "owner",
      page,
      (id) => Effect.succeed(there(Number(id)) ? grantOf(Number(id)) : undefined),
      ({ subject }) => subject === "alice"
    )
    const asked = sent.map(([, , from, , , , limit]) => [from, limit])
    return { told: told.map(({ createdAt }) => createdAt), asked }
  })

  it.effect("are asked for once where a page has them all", () =>
    Effect.gen(function* () {
      const { asked, told } = yield* listed([[1, 2]], { limit: 3 })
      assert.deepStrictEqual(told, [1, 2])
      assert.deepStrictEqual(asked, [["-", "3"]])
    })
  )

  it.effect("are asked for once where all of them are there", () =>
    Effect.gen(function* () {
      const { asked, told } = yield* listed([[5, 6]], { after: grantOf(4), limit: 2 })
      assert.deepStrictEqual(told, [5, 6])
      assert.deepStrictEqual(asked, [[`(${entry(4)}`, "2"]])
    })
  )

  it.effect("are asked for again until the page is full, where entries are passed over", () =>
    Effect.gen(function* () {
      const odd = (number: number) => number % 2 === 1
      const { asked, told } = yield* listed([[1, 2, 3], [4], [5]], { limit: 3 }, odd)
      assert.deepStrictEqual(told, [1, 3, 5])
      assert.deepStrictEqual(asked, [
        ["-", "3"],
        [`(${entry(3)}`, "1"],
        [`(${entry(4)}`, "1"]
      ])
    })
  )

  it.effect("are asked for no more when nothing is left, however many were passed over", () =>
    Effect.gen(function* () {
      const { asked, told } = yield* listed([[1, 2], []], { limit: 2 }, () => false)
      assert.deepStrictEqual(told, [])
      assert.strictEqual(asked.length, 2)
    })
  )
})

describe("a script", () => {
  const script = Script.make("return 1")
  const failing = (message: string) => new RedisError({ cause: new Error(message) })

  it.effect("is sent by its hash, with nothing but what it was given", () =>
    Effect.gen(function* () {
      const { evaluated, redis, sent } = redisOf({ evaluated: ["done"] })
      assert.strictEqual(yield* Script.runner(yield* redis)(script, ["a"]), "done")
      assert.deepStrictEqual(evaluated, [[["a"], []]])
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("is sent whole to a node that does not know it", () =>
    Effect.gen(function* () {
      const { redis, sent } = redisOf({
        evaluated: [failing("NOSCRIPT No matching script.")],
        sent: ["done"]
      })
      assert.strictEqual(yield* Script.runner(yield* redis)(script, ["a", "b"], ["c"]), "done")
      assert.deepStrictEqual(sent, [["EVAL", "return 1", "2", "a", "b", "c"]])
    })
  )

  it.effect("is not sent again when it failed for another reason", () =>
    Effect.gen(function* () {
      const failure = failing("OOM command not allowed")
      const { redis, sent } = redisOf({ evaluated: [failure], sent: ["done"] })
      assert.strictEqual(yield* Effect.flip(Script.runner(yield* redis)(script, ["a"])), failure)
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("of a sweep that says nothing of an entry has not deleted it", () =>
    Effect.gen(function* () {
      const { redis } = redisOf({ evaluated: [["one", "1", "two", "2"], [1], ["two", "2"], [-1]] })
      const cleared: Array<string> = []
      const sweep = Sweep.make(Script.runner(yield* redis), {
        indexes: ["index"],
        script,
        keysOf: (entry) => [entry],
        afterwards: (_, entry) => Effect.sync(() => cleared.push(entry))
      })
      assert.strictEqual(yield* sweep({ now, limit: 10 }), 1)
      assert.deepStrictEqual(cleared, ["one"])
    })
  )
})

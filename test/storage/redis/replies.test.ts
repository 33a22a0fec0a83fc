/** What the stores make of an answer, also of one that Redis should not give: they fail, and do not guess. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "effect/persistence/Redis"
import { GrantId } from "../../../src/storage/GrantStore.ts"
import { Duplicate } from "../../../src/storage/redis/internal/Failure.ts"
import { UnexpectedReply } from "../../../src/storage/redis/internal/Reply.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import type { Verb } from "../../../src/testing/internal/Verbs.ts"
import { verbs } from "../suite/EveryVerb.ts"
import { hash, now } from "../suite/Fixtures.ts"

/** Each step of the verb before is done, and then the verb is answered so. */
const answering = (answer: unknown) =>
  RedisStorage.layer().pipe(
    Layer.provide(
      Layer.mock(Redis, {
        // A place that was claimed: it has a grant called so, which came from no code.
        send: <A>(command: string) => Effect.succeed((command === "HGET" ? ":grant" : answer) as A),
        eval: (script) => () => Effect.succeed(script.lua.includes("'claims'") ? null : answer)
      })
    )
  )

const ask = (name: Verb, answer: unknown) =>
  Effect.flatMap(verbs, (all): Effect.Effect<unknown, unknown> => all[name]).pipe(
    Effect.provide(answering(answer))
  )

describe("an answer that no script gives", () => {
  for (const [name, answer, about] of [
    ["ClientStore.find", "{}", "the metadata of a client"],
    ["GrantStore.redeemCode", ["Surprise"], "no outcome of the verb"],
    ["GrantStore.rotate", ["Surprise"], "no outcome of the verb"],
    ["GrantStore.rotate", ["GraceReplay"], "no text"],
    ["GrantStore.rotate", ["GraceReplay", "hash"], "no number"],
    ["GrantStore.rotate", ["GraceReplay", "hash", "soon"], "no number"],
    ["GrantStore.rotate", ["GraceRefused"], "no text"],
    ["GrantStore.rotate", ["GraceRefused", "mood"], "no outcome of the verb"],
    ["GrantStore.revoke", "Surprise", "no outcome of the verb"],
    ["FlowStore.create", "Surprise", "no outcome of the verb"],
    ["FlowStore.replace", "Surprise", "no outcome of the verb"],
    ["FlowStore.consume", ["Surprise"], "no outcome of the verb"],
    ["FlowStore.consume", ["Consumed"], "no text"],
    ["SessionStore.start", "Surprise", "no outcome of the verb"],
    ["SessionStore.end", "Surprise", "no outcome of the verb"],
    ["KeyStore.list", ["{}"], "a signing key"],
    ["KeyStore.add", "Surprise", "no outcome of the verb"]
  ] as const) {
    it.effect(`${name} fails with what it was: ${JSON.stringify(answer)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(name, answer))
        assert.deepInclude(error, { operation: name, cause: new UnexpectedReply({ about }) })
      })
    )
  }
})

describe("every answer of a script", () => {
  const grantId = GrantId("grant")
  for (const [name, answer, outcome] of [
    ["GrantStore.redeemCode", ["Redeemed"], { _tag: "Redeemed" }],
    ["GrantStore.redeemCode", ["Replayed"], { _tag: "Replayed", grantId }],
    ["GrantStore.redeemCode", ["Revoked"], { _tag: "Revoked" }],
    ["GrantStore.redeemCode", ["Expired"], { _tag: "Expired" }],
    ["GrantStore.redeemCode", ["Unknown"], { _tag: "Unknown" }],
    ["GrantStore.rotate", ["Rotated"], { _tag: "Rotated" }],
    [
      "GrantStore.rotate",
      ["GraceReplay", hash("next"), "1800000000001"],
      { _tag: "GraceReplay", currentHash: hash("next"), expiresAt: now + 1 }
    ],
    ["GrantStore.rotate", ["GraceRefused", "scope"], { _tag: "GraceRefused", reason: "scope" }],
    ["GrantStore.rotate", ["GraceRefused", "replays"], { _tag: "GraceRefused", reason: "replays" }],
    ["GrantStore.rotate", ["Reused"], { _tag: "Reused", grantId }],
    ["GrantStore.rotate", ["Revoked"], { _tag: "Revoked" }],
    ["GrantStore.rotate", ["Expired"], { _tag: "Expired" }],
    ["GrantStore.rotate", ["Unknown"], { _tag: "Unknown" }],
    ["GrantStore.revoke", "Revoked", "Revoked"],
    ["GrantStore.revoke", "AlreadyRevoked", "AlreadyRevoked"],
    ["GrantStore.revoke", "Unknown", "Unknown"],
    ["FlowStore.create", "Created", "Created"],
    ["FlowStore.create", "Taken", "Taken"],
    ["FlowStore.replace", "Replaced", "Replaced"],
    ["FlowStore.replace", "Conflict", "Conflict"],
    ["FlowStore.replace", "Consumed", "Consumed"],
    ["FlowStore.replace", "Expired", "Expired"],
    ["FlowStore.replace", "Unknown", "Unknown"],
    ["FlowStore.consume", ["Consumed", "value"], { _tag: "Consumed", value: "value" }],
    ["FlowStore.consume", ["AlreadyConsumed"], { _tag: "AlreadyConsumed" }],
    ["FlowStore.consume", ["Expired"], { _tag: "Expired" }],
    ["FlowStore.consume", ["Unknown"], { _tag: "Unknown" }],
    ["SessionStore.start", "Started", undefined],
    ["SessionStore.end", "Ended", "Ended"],
    ["SessionStore.end", "AlreadyEnded", "AlreadyEnded"],
    ["SessionStore.end", "Unknown", "Unknown"],
    ["KeyStore.add", "Added", "Added"],
    ["KeyStore.add", "Superseded", "Superseded"]
  ] as const) {
    it.effect(`${name} tells ${JSON.stringify(answer)}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* ask(name, answer), outcome)
      })
    )
  }

  for (const [name, answer] of [
    ["GrantStore.redeemCode", ["Duplicate"]],
    ["GrantStore.rotate", ["Duplicate"]],
    ["SessionStore.start", "Duplicate"],
    ["KeyStore.add", "Duplicate"]
  ] as const) {
    it.effect(`${name} fails because of ${JSON.stringify(answer)}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(name, answer))
        assert.deepInclude(error, { operation: name, cause: new Duplicate() })
      })
    )
  }
})

/** What the stores make of an answer, also of one that Redis should not give: they fail, and do not guess. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "effect/persistence/Redis"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import { Duplicate } from "../../../src/storage/redis/internal/Failure.ts"
import { UnexpectedReply } from "../../../src/storage/redis/internal/Reply.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import { clientId, hash, key, minute, now, rotation } from "../suite/Fixtures.ts"

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

const flow = { kind: "device", key: hash("flow"), value: "", expiresAt: now + minute }
const session = { hash: hash("session"), subject: "alice", authenticatedAt: now, expiresAt: now + minute }

const verbs = Effect.gen(function* () {
  const clients = yield* ClientStore
  const grants = yield* GrantStore
  const flows = yield* FlowStore
  const sessions = yield* SessionStore
  const keys = yield* KeyStore
  return {
    "ClientStore.find": clients.find(clientId("client")),
    "GrantStore.redeemCode": grants.redeemCode({ hash: hash("code"), now, issue: {} }),
    "GrantStore.rotate": grants.rotate(rotation(0)),
    "GrantStore.revoke": grants.revoke({ _tag: "Grant", id: GrantId("grant") }, now),
    "FlowStore.create": flows.create(flow, now),
    "FlowStore.replace": flows.replace(flow, { from: "", to: "", now }),
    "FlowStore.consume": flows.consume(flow, now),
    "SessionStore.start": sessions.start(session),
    "SessionStore.end": sessions.end(hash("session"), now),
    "KeyStore.list": keys.list(now),
    "KeyStore.add": keys.add(key("key"), undefined)
  } satisfies Record<string, Effect.Effect<unknown, unknown>>
})

type Verb = keyof Effect.Success<typeof verbs>

const ask = (name: Verb, answer: unknown) =>
  Effect.flatMap(verbs, (all): Effect.Effect<unknown, unknown> => all[name]).pipe(
    Effect.provide(answering(answer))
  )

describe("an answer that no script gives", () => {
  for (const [name, answer, about] of [
    ["ClientStore.find", "{}", "the metadata of a client"],
    ["GrantStore.redeemCode", ["Surprise"], "Surprise"],
    ["GrantStore.rotate", ["Surprise"], "Surprise"],
    ["GrantStore.rotate", ["GraceReplay"], "no text"],
    ["GrantStore.rotate", ["GraceReplay", "hash"], "no number"],
    ["GrantStore.rotate", ["GraceReplay", "hash", "soon"], "no number"],
    ["GrantStore.rotate", ["GraceRefused"], "no text"],
    ["GrantStore.rotate", ["GraceRefused", "mood"], "mood"],
    ["GrantStore.revoke", "Surprise", "Surprise"],
    ["FlowStore.create", "Surprise", "Surprise"],
    ["FlowStore.replace", "Surprise", "Surprise"],
    ["FlowStore.consume", ["Surprise"], "Surprise"],
    ["FlowStore.consume", ["Consumed"], "no text"],
    ["SessionStore.start", "Surprise", "Surprise"],
    ["SessionStore.end", "Surprise", "Surprise"],
    ["KeyStore.list", ["{}"], "a signing key"],
    ["KeyStore.add", "Surprise", "Surprise"]
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

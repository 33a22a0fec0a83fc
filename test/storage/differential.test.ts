import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { FlowStore } from "../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../src/storage/GrantStore.ts"
import * as GrantsOf from "../../src/storage/GrantsOf.ts"
import { KeyStore } from "../../src/storage/KeyStore.ts"
import { SessionStore } from "../../src/storage/SessionStore.ts"
import * as Storage from "../../src/storage/Storage.ts"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import {
  accessToken,
  code,
  family,
  grant,
  hash,
  key,
  now,
  rotation,
  scope,
  second
} from "./suite/Fixtures.ts"

// Few names and few moments, so that commands meet.
const few = Schema.Literals([0, 1, 2])
const moment = Schema.Literals([0, 5, 10, 20, 30, 60].map((seconds) => now + seconds * second))

const Authorize = Schema.TaggedStruct("authorize", {
  name: few,
  lifetime: few,
  code: Schema.Boolean,
  family: Schema.Boolean
})
const Sweep = Schema.TaggedStruct("sweep", { at: moment })

const GrantCommand = Schema.Union([
  Authorize,
  Sweep,
  Schema.TaggedStruct("redeem", { name: few, at: moment, issue: Schema.Boolean }),
  Schema.TaggedStruct("rotate", {
    name: few,
    generation: few,
    at: moment,
    window: Schema.Literals([0, 10, 20]),
    maximumReplays: few,
    scope: Schema.Literals(["read", "write"])
  }),
  // Once more, so that every other command is one.
  Schema.TaggedStruct("rotate", {
    name: Schema.Literal(0),
    generation: Schema.Literals([0, 1]),
    at: moment,
    window: Schema.Literal(20),
    maximumReplays: Schema.Literal(1),
    scope: Schema.Literal("read")
  }),
  Schema.TaggedStruct("revokeGrant", { name: few, at: moment }),
  Schema.TaggedStruct("revokeFamily", { name: few, at: moment }),
  Schema.TaggedStruct("revokeToken", { name: few, at: moment })
])

const OtherCommand = Schema.Union([
  Sweep,
  Schema.TaggedStruct("createFlow", { name: few, at: moment }),
  Schema.TaggedStruct("replaceFlow", { name: few, from: few, to: few, at: moment }),
  Schema.TaggedStruct("consumeFlow", { name: few, at: moment }),
  Schema.TaggedStruct("startSession", { name: few, at: moment }),
  Schema.TaggedStruct("endSession", { name: few, at: moment }),
  Schema.TaggedStruct("endAllSessions", { at: moment }),
  Schema.TaggedStruct("addKey", { name: few, after: Schema.UndefinedOr(few), at: moment })
])
type Command = typeof GrantCommand.Type | typeof OtherCommand.Type

/** Does what a command says; the number makes each token new. */
const run = Effect.fnUntraced(function* (command: Command, number: number) {
  const grants = yield* GrantStore
  const flows = yield* FlowStore
  const sessions = yield* SessionStore
  const keys = yield* KeyStore
  const expiresAt = (at: number) => ({ expiresAt: at + 30 * second })
  switch (command._tag) {
    case "authorize": {
      const expires = { expiresAt: now + (10 + 25 * command.lifetime) * second }
      const { name } = command
      return yield* grants.authorize(grant({ name: `grant ${name}` }), {
        ...(command.code ? { code: code(`code ${name}`, expires) } : {}),
        ...(command.family
          ? { refreshFamily: family({ id: FamilyId(`family ${name}`), ...expires }) }
          : { accessToken: accessToken(`access ${name}`, expires) })
      })
    }
    case "redeem":
      return yield* grants.redeemCode({
        hash: hash(`code ${command.name}`),
        now: command.at,
        issue: command.issue ? { accessToken: accessToken(`redeemed ${number}`, expiresAt(command.at)) } : {}
      })
    case "rotate":
      return yield* grants.rotate(
        rotation(command.generation, {
          family: FamilyId(`family ${command.name}`),
          now: command.at,
          next: { hash: hash(`refresh ${command.generation + 1}`), expiresAt: now + 80 * second },
          grace: { window: command.window * second, maximumReplays: command.maximumReplays },
          accessToken: accessToken(`rotated ${number}`, {
            scope: scope(command.scope),
            ...expiresAt(command.at)
          })
        })
      )
    case "revokeGrant":
      return yield* grants.revoke({ _tag: "Grant", id: GrantId(`grant ${command.name}`) }, command.at)
    case "revokeFamily":
      return yield* grants.revoke(
        { _tag: "RefreshFamily", id: FamilyId(`family ${command.name}`) },
        command.at
      )
    case "revokeToken":
      return yield* grants.revoke({ _tag: "AccessToken", hash: hash(`access ${command.name}`) }, command.at)
    case "createFlow":
      return yield* flows.create({ ...flow(command.name), value: "0", ...expiresAt(command.at) }, command.at)
    case "replaceFlow":
      return yield* flows.replace(flow(command.name), {
        from: `${command.from}`,
        to: `${command.to}`,
        now: command.at
      })
    case "consumeFlow":
      return yield* flows.consume(flow(command.name), command.at)
    case "startSession":
      return yield* sessions.start({
        hash: hash(`session ${command.name}`),
        subject: "alice",
        authenticatedAt: now,
        ...expiresAt(command.at)
      })
    case "endSession":
      return yield* sessions.end(hash(`session ${command.name}`), command.at)
    case "endAllSessions":
      return yield* sessions.endAll("alice", command.at)
    case "addKey": {
      const after = command.after === undefined ? undefined : `key ${command.after}`
      const times = { createdAt: command.at, ...expiresAt(command.at) }
      return yield* keys.add(key(`key ${command.name}`, times), after)
    }
    case "sweep": {
      const request = { now: command.at, limit: 1000 }
      return yield* Effect.all([
        grants.sweep(request),
        flows.sweep(request),
        sessions.sweep(request),
        keys.sweep(request)
      ])
    }
  }
})

const flow = (name: number) => ({ kind: "flow", key: hash(`flow ${name}`) })

/** All that can be read. */
const state = Effect.gen(function* () {
  const grants = yield* GrantStore
  const flows = yield* FlowStore
  const sessions = yield* SessionStore
  const keys = yield* KeyStore
  const names = [0, 1, 2]
  return yield* Effect.all({
    grants: Stream.runCollect(GrantsOf.subject("alice")),
    codes: Effect.forEach(names, (name) => grants.findCode(hash(`code ${name}`))),
    families: Effect.forEach(names, (name) => grants.findRefreshFamily(FamilyId(`family ${name}`))),
    tokens: Effect.forEach(names, (name) => grants.findAccessToken(hash(`access ${name}`))),
    flows: Effect.forEach(names, (name) => flows.find(flow(name), now)),
    sessions: Effect.forEach(names, (name) => sessions.find(hash(`session ${name}`))),
    keys: keys.list(now)
  })
})

const sqlite = SqlStorage.layer.pipe(Layer.provide(Databases.inMemory))

const tellTheSame = Effect.fnUntraced(function* (commands: ReadonlyArray<Command>) {
  const memory = yield* Layer.build(Storage.layerMemory)
  const database = yield* Layer.build(sqlite)
  for (const [number, command] of commands.entries()) {
    const ask = (storage: Context.Context<Storage.Storage>) =>
      run(command, number).pipe(
        Effect.catchTag("StorageError", ({ operation }) => Effect.succeed(operation)),
        Effect.provideContext(storage)
      )
    assert.deepStrictEqual(yield* ask(database), yield* ask(memory))
  }
  const inDatabase = yield* Effect.provideContext(state, database)
  assert.deepStrictEqual(inDatabase, yield* Effect.provideContext(state, memory))
}, Effect.scoped)

const authorized: ReadonlyArray<Command> = [
  { _tag: "authorize", name: 0, lifetime: 2, code: true, family: true },
  { _tag: "authorize", name: 1, lifetime: 1, code: true, family: true }
]

describe("SQLite and memory tell the same, whatever is asked of them in whatever order", () => {
  it.effect.prop(
    "of grants",
    { commands: Arbitrary.array(Arbitrary.schema(GrantCommand), { minLength: 1, maxLength: 40 }) },
    ({ commands }) => tellTheSame([...authorized, ...commands]),
    { arbitrary: { runs: 300, size: 40 } }
  )

  it.effect.prop(
    "of flows, sessions and keys",
    { commands: Arbitrary.array(Arbitrary.schema(OtherCommand), { minLength: 1, maxLength: 40 }) },
    ({ commands }) => tellTheSame(commands),
    { arbitrary: { runs: 200, size: 40 } }
  )
})

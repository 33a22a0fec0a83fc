/**
 * Random histories: what clients and people do, one thing after another, with
 * whatever they were given before.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { FlowStore, GrantStore, SessionStore } from "effect-oauth"
import { Flows, type TestClient } from "effect-oauth/testing"
import { people, type World } from "./House.ts"

const number = Schema.Literals([0, 1, 2])
/** Counted back from the latest. */
const recent = Schema.Literals([0, 0, 0, 0, 1, 1, 2, 3, 5, 8])

const Authorize = Schema.TaggedStruct("Authorize", {
  client: number,
  person: Schema.Literals([0, 1]),
  /** Which tokens of its scope the client asks for; none of them is all. */
  scope: Schema.Literals(["all", "first", "but the first"]),
  mode: Schema.Literals(["query", "fragment", "form_post"]),
  decision: Schema.Literals(["approve", "approve", "approve", "approve", "deny"])
})
const Redeem = Schema.TaggedStruct("Redeem", {
  code: recent,
  verifier: Schema.Literals(["right", "right", "right", "right", "wrong"])
})
const Refresh = Schema.TaggedStruct("Refresh", {
  token: recent,
  scope: Schema.Literals(["all", "all", "all", "all", "none of it named", "first"])
})
const ClientCredentials = Schema.TaggedStruct("ClientCredentials", { client: number })
const RevokeAccessToken = Schema.TaggedStruct("RevokeAccessToken", { token: recent })
const RevokeRefreshToken = Schema.TaggedStruct("RevokeRefreshToken", { token: recent })
const Wait = Schema.TaggedStruct("Wait", {
  seconds: Schema.Literals([1, 4, 5, 6, 9, 10, 29, 30, 31, 59, 60, 120, 600, 1200, 3600, 2_592_000])
})
const Sweep = Schema.TaggedStruct("Sweep", {})

// What is named more often comes more often.
export const Command = Schema.Union([
  Authorize,
  Authorize,
  Redeem,
  Redeem,
  Redeem,
  Refresh,
  Refresh,
  Refresh,
  Refresh,
  ClientCredentials,
  Schema.Union([RevokeAccessToken, RevokeRefreshToken]),
  Wait,
  Wait,
  Sweep
])

export type Command = typeof Command.Type

/** Everything begins with somebody who signs in. */
const opening: ReadonlyArray<Command> = [
  { _tag: "Authorize", client: 0, person: 0, scope: "all", mode: "query", decision: "approve" },
  { _tag: "Redeem", code: 0, verifier: "right" }
]

export const histories = (maxLength: number): Arbitrary.Arbitrary<ReadonlyArray<Command>> =>
  Arbitrary.map(Arbitrary.array(Arbitrary.schema(Command), { maxLength }), (commands) => [
    ...opening,
    ...commands
  ])

export const showHistory = (history: ReadonlyArray<Command>): string =>
  history.map(({ _tag, ...facts }, index) => `  ${index + 1}. ${_tag} ${JSON.stringify(facts)}`).join("\n")

export interface HeldCode {
  readonly text: string
  readonly client: TestClient.TestClient
  readonly redirectUri: string
  /** As it was asked for. */
  readonly scope: string | undefined
  readonly issuedAt: number
}

export interface HeldToken {
  readonly text: string
  readonly client: TestClient.TestClient
}

/** What clients were given, in the order in which they were. */
export interface Held {
  readonly codes: Array<HeldCode>
  readonly accessTokens: Array<HeldToken>
  readonly refreshTokens: Array<HeldToken>
}

export const nothing = (): Held => ({ codes: [], accessTokens: [], refreshTokens: [] })

/** What came of a command; `Nothing` if it was about something that nobody holds. */
export type Event =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Swept" }
  | { readonly _tag: "Waited" }
  | {
      readonly _tag: "Authorized"
      readonly client: TestClient.TestClient
      readonly result: Result.Result<HeldCode, Flows.Refused>
    }
  | {
      readonly _tag: "Redeemed"
      readonly code: HeldCode
      readonly verifier: "right" | "wrong"
      readonly result: Result.Result<Flows.Tokens, Flows.Refused>
    }
  | {
      readonly _tag: "Refreshed"
      readonly token: HeldToken
      /** As it was asked for. */
      readonly scope: string | undefined
      readonly result: Result.Result<Flows.Tokens, Flows.Refused>
    }
  | {
      readonly _tag: "ForItself"
      readonly client: TestClient.TestClient
      readonly result: Result.Result<Flows.Tokens, Flows.Refused>
    }
  | {
      readonly _tag: "Revoked"
      readonly kind: "access" | "refresh"
      readonly token: HeldToken
      readonly result: Result.Result<void, Flows.Refused>
    }

const latest = <A>(all: ReadonlyArray<A>, back: number): A | undefined => all[all.length - 1 - back]

/** Does what a command says, and lets the clients hold what they get. */
export const play = Effect.fnUntraced(function* (world: World, held: Held, command: Command) {
  const event = yield* perform(world, held, command)
  if (event._tag === "Authorized" && Result.isSuccess(event.result)) held.codes.push(event.result.success)
  if (event._tag === "Redeemed" || event._tag === "Refreshed" || event._tag === "ForItself") {
    const client = event._tag === "Redeemed" ? event.code.client : holderOf(event)
    if (Result.isSuccess(event.result)) {
      const { accessToken, refreshToken } = event.result.success
      held.accessTokens.push({ text: accessToken, client })
      if (refreshToken !== undefined && held.refreshTokens.every(({ text }) => text !== refreshToken)) {
        held.refreshTokens.push({ text: refreshToken, client })
      }
    }
  }
  return event
})

const holderOf = (event: Extract<Event, { readonly _tag: "Refreshed" | "ForItself" }>) =>
  event._tag === "Refreshed" ? event.token.client : event.client

const perform = Effect.fnUntraced(function* (world: World, held: Held, command: Command) {
  const nothing: Event = { _tag: "Nothing" }
  switch (command._tag) {
    case "Authorize": {
      const client = world.clients[command.client]
      const redirectUri = client.client.redirectUris.at(-1) ?? ""
      const scope = part(scopeOf(world, client), command.scope)
      const result = yield* Effect.result(
        Flows.authorizationCode({
          client,
          person: people[command.person],
          decision: command.decision,
          parameters: {
            redirect_uri: redirectUri,
            scope,
            response_mode: command.mode
          }
        })
      )
      const issuedAt = yield* Clock.currentTimeMillis
      const event: Event = {
        _tag: "Authorized",
        client,
        result: Result.map(result, (text) => ({ text, client, redirectUri, scope, issuedAt }))
      }
      return event
    }
    case "Redeem": {
      const code = latest(held.codes, command.code)
      if (code === undefined) return nothing
      const result = yield* Effect.result(
        Flows.redeem(code.client, code.text, {
          redirect_uri: code.redirectUri,
          ...(command.verifier === "wrong" && { code_verifier: "w".repeat(43) })
        })
      )
      const event: Event = { _tag: "Redeemed", code, verifier: command.verifier, result }
      return event
    }
    case "Refresh": {
      const token = latest(held.refreshTokens, command.token)
      if (token === undefined) return nothing
      const scope = command.scope === "all" ? undefined : part(scopeOf(world, token.client), command.scope)
      const result = yield* Effect.result(Flows.refresh(token.client, token.text, { scope }))
      const event: Event = { _tag: "Refreshed", token, scope, result }
      return event
    }
    case "ClientCredentials": {
      const client = world.clients[command.client]
      const result = yield* Effect.result(Flows.clientCredentials(client))
      const event: Event = { _tag: "ForItself", client, result }
      return event
    }
    case "RevokeAccessToken":
    case "RevokeRefreshToken": {
      const kind = command._tag === "RevokeAccessToken" ? "access" : "refresh"
      const token = latest(kind === "access" ? held.accessTokens : held.refreshTokens, command.token)
      if (token === undefined) return nothing
      const result = yield* Effect.result(Flows.revoke(token.client, token.text))
      const event: Event = { _tag: "Revoked", kind, token, result }
      return event
    }
    case "Wait": {
      yield* TestClock.adjust(`${command.seconds} seconds`)
      const event: Event = { _tag: "Waited" }
      return event
    }
    case "Sweep": {
      yield* sweep
      const event: Event = { _tag: "Swept" }
      return event
    }
  }
})

/** What the Janitor does. */
export const sweep = Effect.gen(function* () {
  const request = { now: yield* Clock.currentTimeMillis, limit: 10_000 }
  yield* (yield* GrantStore.GrantStore).sweep(request)
  yield* (yield* FlowStore.FlowStore).sweep(request)
  yield* (yield* SessionStore.SessionStore).sweep(request)
}).pipe(Effect.orDie)

/** What a client may ask for, as the configuration says. */
export const scopeOf = ({ scopes }: World, { client }: TestClient.TestClient): ReadonlyArray<string> =>
  client.scope === undefined
    ? scopes
    : scopes.filter((token) => (client.scope ?? "").split(" ").includes(token))

const part = (tokens: ReadonlyArray<string>, which: string): string | undefined => {
  const some = which === "first" ? tokens.slice(0, 1) : which === "but the first" ? tokens.slice(1) : []
  return some.length === 0 ? undefined : some.join(" ")
}

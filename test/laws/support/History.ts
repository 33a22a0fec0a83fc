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
import { Browser, Flows, type TestClient } from "effect-oauth/testing"
import { people, scopesOf, type World } from "./House.ts"

const number = Schema.Literals([0, 1, 2])
/** Counted back from the latest. */
const recent = Schema.Literals([0, 0, 0, 0, 1, 1, 2, 3, 5, 8])

const Authorize = Schema.TaggedStruct("Authorize", {
  client: number,
  person: Schema.Literals([0, 1]),
  /** Which of its response types the client asks for, of those that it and the server have. */
  responseType: Schema.Literals([0, 0, 0, 1, 2, 3, 4, 5, 6]),
  /** Which tokens of its scope the client asks for; none of them is all. */
  scope: Schema.Literals(["all", "first", "but the first"]),
  /** And whether it is an authentication request, where it may be. */
  openId: Schema.Literals(["if it must", "yes", "with offline_access"]),
  nonce: Schema.Literals(["if it must", "yes"]),
  maxAge: Schema.Literals(["any", "any", "any", 0, 5, 60]),
  prompt: Schema.Literals(["", "", "", "login", "none"]),
  mode: Schema.Literals(["query", "fragment", "form_post"]),
  decision: Schema.Literals(["approve", "approve", "approve", "approve", "deny"])
})
const Redeem = Schema.TaggedStruct("Redeem", {
  code: recent,
  verifier: Schema.Literals(["right", "right", "right", "right", "wrong"])
})
const Refresh = Schema.TaggedStruct("Refresh", {
  token: recent,
  scope: Schema.Literals(["all", "all", "all", "all", "none of it named", "first", "openid"])
})
const ClientCredentials = Schema.TaggedStruct("ClientCredentials", { client: number })
const Password = Schema.TaggedStruct("Password", {
  client: number,
  person: Schema.Literals([0, 1]),
  password: Schema.Literals(["right", "right", "right", "wrong"]),
  scope: Schema.Literals(["all", "first", "openid"])
})
const SignOut = Schema.TaggedStruct("SignOut", {
  person: Schema.Literals([0, 1]),
  /** Whether the client that sends them says who it is about, by the last ID token that it got. */
  hint: Schema.Boolean
})
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
  Schema.Union([ClientCredentials, Password]),
  SignOut,
  Schema.Union([RevokeAccessToken, RevokeRefreshToken]),
  Wait,
  Wait,
  Sweep
])

export type Command = typeof Command.Type

/** Everything begins with somebody who signs in. */
export const histories = (maxLength: number): Arbitrary.Arbitrary<ReadonlyArray<Command>> =>
  Arbitrary.map(
    Arbitrary.all({
      first: Arbitrary.schema(Authorize),
      others: Arbitrary.array(Arbitrary.schema(Command), { maxLength })
    }),
    ({ first, others }) => [
      { ...first, prompt: "", decision: "approve" },
      { _tag: "Redeem", code: 0, verifier: "right" },
      ...others
    ]
  )

export const showHistory = (history: ReadonlyArray<Command>): string =>
  history.map(({ _tag, ...facts }, index) => `  ${index + 1}. ${_tag} ${JSON.stringify(facts)}`).join("\n")

/** What a client asked a person for, and where it was answered. */
export interface Asked {
  readonly client: TestClient.TestClient
  readonly person: Flows.Person
  readonly redirectUri: string
  readonly responseType: ReadonlyArray<string>
  /** As it was asked for. */
  readonly scope: string | undefined
  /** What of it belongs to the server, and to the client. */
  readonly mayHave: ReadonlyArray<string>
  /** Whether it was an authentication request (OpenID Connect Core §3.1.2.1). */
  readonly isOpenId: boolean
  readonly state: string
  readonly nonce: string | undefined
  /** In seconds. */
  readonly maxAge: number | undefined
  readonly prompt: string
  /** The browser's session afterwards; `undefined` if nobody is signed in there. */
  readonly session: Session | undefined
  readonly issuedAt: number
}

/** That somebody typed a password into a browser. */
export interface Session {
  readonly person: Flows.Person
  readonly startedAt: number
}

export interface HeldCode {
  readonly text: string
  readonly client: TestClient.TestClient
  readonly asked: Asked
}

export interface HeldToken {
  readonly text: string
  readonly client: TestClient.TestClient
  /** Absent where the client acts for itself. */
  readonly person: Flows.Person | undefined
  /** Absent where nobody was asked. */
  readonly asked: Asked | undefined
}

export interface HeldIdToken {
  readonly text: string
  readonly client: TestClient.TestClient
  readonly asked: Asked
  readonly from: "authorization" | "code" | "refresh token"
  /** What came with it in the same response. */
  readonly code: string | undefined
  readonly accessToken: string | undefined
  readonly receivedAt: number
}

/** What clients were given, in the order in which they were; and what is on people's desks. */
export interface Held {
  readonly codes: Array<HeldCode>
  readonly accessTokens: Array<HeldToken>
  readonly refreshTokens: Array<HeldToken>
  readonly idTokens: Array<HeldIdToken>
  readonly browsers: readonly [Browser.Browser, Browser.Browser]
  /** By their cookies. */
  readonly sessions: Map<string, Session>
}

export const nothing = (): Held => ({
  codes: [],
  accessTokens: [],
  refreshTokens: [],
  idTokens: [],
  browsers: [new Browser.Browser(), new Browser.Browser()],
  sessions: new Map()
})

/** What came of a command; `Nothing` if it was about something that nobody holds. */
export type Event =
  | { readonly _tag: "Nothing" }
  | { readonly _tag: "Swept" }
  | { readonly _tag: "Waited" }
  | {
      readonly _tag: "Authorized"
      readonly asked: Asked
      readonly result: Result.Result<Given, Flows.Refused>
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
      readonly _tag: "WithPassword"
      readonly client: TestClient.TestClient
      readonly person: Flows.Person
      readonly password: "right" | "wrong"
      readonly mayHave: ReadonlyArray<string>
      readonly result: Result.Result<Flows.Tokens, Flows.Refused>
    }
  | {
      readonly _tag: "Revoked"
      readonly kind: "access" | "refresh"
      readonly token: HeldToken
      readonly result: Result.Result<void, Flows.Refused>
    }
  /** The session that the browser had; `undefined` if it had none. */
  | { readonly _tag: "SignedOut"; readonly session: Session | undefined }

/** What an authorization response gives. */
export interface Given {
  readonly code: string | undefined
  readonly accessToken: string | undefined
  readonly idToken: string | undefined
}

const latest = <A>(all: ReadonlyArray<A>, back: number): A | undefined => all[all.length - 1 - back]

/** Does what a command says, and lets the clients hold what they get. */
export const play = Effect.fnUntraced(function* (world: World, held: Held, command: Command) {
  const event = yield* perform(world, held, command)
  const receivedAt = yield* Clock.currentTimeMillis
  switch (event._tag) {
    case "Authorized": {
      if (Result.isFailure(event.result)) break
      const { accessToken, code, idToken } = event.result.success
      const { asked } = event
      const { client } = asked
      if (code !== undefined) held.codes.push({ text: code, client, asked })
      if (accessToken !== undefined) {
        held.accessTokens.push({ text: accessToken, client, person: asked.person, asked })
      }
      if (idToken !== undefined) {
        held.idTokens.push({
          text: idToken,
          client,
          asked,
          from: "authorization",
          code,
          accessToken,
          receivedAt
        })
      }
      break
    }
    case "Redeemed":
      hold(held, event.result, { ...event.code, person: event.code.asked.person, from: "code", receivedAt })
      break
    case "Refreshed":
      hold(held, event.result, { ...event.token, from: "refresh token", receivedAt })
      break
    case "ForItself":
      hold(held, event.result, { ...event, person: undefined, asked: undefined, from: "code", receivedAt })
      break
    case "WithPassword":
      hold(held, event.result, { ...event, asked: undefined, from: "code", receivedAt })
      break
  }
  return event
})

const hold = (
  held: Held,
  result: Result.Result<Flows.Tokens, Flows.Refused>,
  {
    asked,
    client,
    from,
    person,
    receivedAt
  }: Omit<HeldToken, "text"> & Pick<HeldIdToken, "from" | "receivedAt">
) => {
  if (Result.isFailure(result)) return
  const { accessToken, idToken, refreshToken } = result.success
  held.accessTokens.push({ text: accessToken, client, person, asked })
  if (refreshToken !== undefined && held.refreshTokens.every(({ text }) => text !== refreshToken)) {
    held.refreshTokens.push({ text: refreshToken, client, person, asked })
  }
  if (idToken !== undefined && asked !== undefined) {
    held.idTokens.push({ text: idToken, client, asked, from, code: undefined, accessToken, receivedAt })
  }
}

const perform = Effect.fnUntraced(function* (world: World, held: Held, command: Command) {
  const nothing: Event = { _tag: "Nothing" }
  switch (command._tag) {
    case "Authorize":
      return yield* authorize(world, held, command)
    case "Redeem": {
      const code = latest(held.codes, command.code)
      if (code === undefined) return nothing
      const result = yield* Effect.result(
        Flows.redeem(code.client, code.text, {
          redirect_uri: code.asked.redirectUri,
          ...(command.verifier === "wrong" && { code_verifier: "w".repeat(43) })
        })
      )
      const event: Event = { _tag: "Redeemed", code, verifier: command.verifier, result }
      return event
    }
    case "Refresh": {
      const token = latest(held.refreshTokens, command.token)
      if (token === undefined) return nothing
      const scope = partOf(world, token.client, command.scope)
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
    case "Password": {
      const client = world.clients[command.client]
      const person = people[command.person]
      const { password, username } = person
      const scope = partOf(world, client, command.scope)
      const result = yield* Effect.result(
        Flows.token(client, {
          grant_type: "password",
          username,
          password: command.password === "right" ? password : "another",
          scope
        })
      )
      const mayHave = scope?.split(" ") ?? withoutAsking(world, client)
      const event: Event = {
        _tag: "WithPassword",
        client,
        person,
        password: command.password,
        mayHave,
        result
      }
      return event
    }
    case "SignOut":
      return yield* signOut(world, held, command)
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

const authorize = Effect.fnUntraced(function* (world: World, held: Held, command: typeof Authorize.Type) {
  const client = world.clients[command.client]
  const person = people[command.person]
  const types = responseTypesOf(world, client)
  const responseType = types[command.responseType % types.length] ?? "code"
  const names = responseType.split(" ")
  const plain = partOf(world, client, command.scope)
  const isOpenId =
    mayAskForOpenId(world, client) && (names.includes("id_token") || command.openId !== "if it must")
  const scope = isOpenId
    ? [
        "openid",
        ...(command.openId === "with offline_access" && isWithin(client, "offline_access")
          ? ["offline_access"]
          : []),
        ...(plain === undefined ? [] : [plain])
      ].join(" ")
    : plain
  const redirectUri = client.client.redirectUris.at(-1) ?? ""
  // Each request has its own.
  const state = `state ${held.codes.length} ${held.idTokens.length} ${held.accessTokens.length}`
  const nonce = names.includes("id_token") || command.nonce === "yes" ? `nonce of ${state}` : undefined
  const maxAge = isOpenId && command.maxAge !== "any" ? command.maxAge : undefined
  const prompt = isOpenId ? command.prompt : ""
  const browser = held.browsers[command.person]
  const before = cookieOf(browser)
  const result = yield* Effect.result(
    Flows.authorize({
      client,
      person,
      decision: command.decision,
      browser,
      parameters: {
        response_type: responseType,
        redirect_uri: redirectUri,
        scope,
        state,
        nonce,
        max_age: maxAge?.toString(),
        prompt: prompt === "" ? undefined : prompt,
        // Tokens never travel in a query.
        response_mode: command.mode === "query" && /token/.test(responseType) ? undefined : command.mode
      }
    })
  )
  const issuedAt = yield* Clock.currentTimeMillis
  const after = cookieOf(browser)
  if (after !== before && after !== undefined) held.sessions.set(after, { person, startedAt: issuedAt })
  const asked: Asked = {
    client,
    person,
    redirectUri,
    responseType: names,
    scope,
    mayHave: mayHave(world, client, scope, names),
    isOpenId,
    state,
    nonce,
    maxAge,
    prompt,
    session: after === undefined ? undefined : held.sessions.get(after),
    issuedAt
  }
  const event: Event = {
    _tag: "Authorized",
    asked,
    result: Result.map(result, ({ parameters }) => ({
      code: parameters.code,
      accessToken: parameters.access_token,
      idToken: parameters.id_token
    }))
  }
  return event
})

const signOut = Effect.fnUntraced(function* (world: World, held: Held, command: typeof SignOut.Type) {
  const nothing: Event = { _tag: "Nothing" }
  if (world.openId === undefined) return nothing
  const browser = held.browsers[command.person]
  const before = cookieOf(browser)
  const session = before === undefined ? undefined : held.sessions.get(before)
  const hint = held.idTokens.findLast(({ asked }) => asked.session === session)?.text
  const page = yield* browser.open("/logout", {
    ...(command.hint && hint !== undefined && { id_token_hint: hint })
  })
  yield* browser.submit(page, { decision: "sign-out" })
  const event: Event = { _tag: "SignedOut", session }
  return event
})

// A cookie without a value is one that the browser was told to forget.
const cookieOf = ({ cookies }: Browser.Browser) => cookies.get("__Host-oauth-session") || undefined

/** What the Janitor does. */
export const sweep = Effect.gen(function* () {
  const request = { now: yield* Clock.currentTimeMillis, limit: 10_000 }
  yield* (yield* GrantStore.GrantStore).sweep(request)
  yield* (yield* FlowStore.FlowStore).sweep(request)
  yield* (yield* SessionStore.SessionStore).sweep(request)
}).pipe(Effect.orDie)

/** The response types that the client registered and the server has; an ID token takes a scope. */
export const responseTypesOf = (world: World, { client }: TestClient.TestClient): ReadonlyArray<string> =>
  client.responseTypes.filter((type) => !type.includes("id_token") || mayAskForOpenId(world, { client }))

/** What a request for this response type has to have in it. */
export const parametersOf = (responseType: string): Flows.Overrides => ({
  response_type: responseType,
  ...(responseType.includes("id_token") && { scope: "openid", nonce: "n-0S6_WzA2Mj" })
})

const isWithin = ({ client }: Pick<TestClient.TestClient, "client">, token: string) =>
  client.scope === undefined || client.scope.split(" ").includes(token)

const mayAskForOpenId = (world: World, client: Pick<TestClient.TestClient, "client">): boolean =>
  world.openId !== undefined && isWithin(client, "openid")

/** What a client may ask for, as the configuration says, but for what belongs to OpenID Connect. */
export const scopeOf = (
  { scopes }: Pick<World, "scopes">,
  { client }: TestClient.TestClient
): ReadonlyArray<string> =>
  client.scope === undefined
    ? scopes
    : scopes.filter((token) => (client.scope ?? "").split(" ").includes(token))

// Who asks for nothing in particular gets nothing of OpenID Connect either.
const withoutAsking = scopeOf

/** What of a scope that was asked for belongs to the server, and to the client. */
export const mayHave = (
  world: World,
  client: TestClient.TestClient,
  scope: string | undefined,
  responseType: ReadonlyArray<string>
): ReadonlyArray<string> => {
  if (scope === undefined) return withoutAsking(world, client)
  const asked = scope.split(" ")
  if (world.openId === undefined || !asked.includes("openid")) return asked
  // OpenID Connect Core §3.1.2.1, §11: what nobody understands is ignored, and so is offline_access without a code.
  return asked.filter(
    (token) =>
      scopesOf(world).includes(token) && (token !== "offline_access" || responseType.includes("code"))
  )
}

const partOf = (world: World, client: TestClient.TestClient, which: string): string | undefined => {
  if (which === "openid") return "openid"
  const tokens = scopeOf(world, client)
  const some = which === "first" ? tokens.slice(0, 1) : which === "but the first" ? tokens.slice(1) : []
  return some.length === 0 ? undefined : some.join(" ")
}

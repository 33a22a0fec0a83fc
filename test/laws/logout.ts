import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { BackChannelLogout } from "effect-oauth"
import { Browser, Faults, Flows, type TestClient } from "effect-oauth/testing"
import type { JSONWebKeySet } from "jose"
import {
  type OpenId,
  openIdWorlds,
  openOpenId,
  people,
  schedules,
  showWorld,
  type World
} from "./support/House.ts"
import { Broken, law, require } from "./support/Law.ts"
import { claimOf, fetchJwkSet, verify } from "./support/RelyingParty.ts"

/** What happens in a browser in a round, at once with what happens in the others. */
const Visit = Schema.Struct({
  enter: Schema.Literals(["nothing", 0, 1, 2, 0, 1, 2]),
  /** A request of plain OAuth is none of OpenID Connect's sessions. */
  as: Schema.Literals(["authentication", "authentication", "authentication with offline_access", "OAuth"]),
  signOut: Schema.Literals([false, false, true])
})

const Round = Schema.Struct({
  visits: Schema.Tuple([Visit, Visit, Visit]),
  /** How many processes tell clients afterwards, at once. */
  workers: Schema.Literals([0, 1, 2, 2]),
  wait: Schema.Literals([0, 1, 12])
})

/** Of all calls of a verb, this one is refused, or its answer is lost. */
const Outage = Schema.Struct({
  verb: Schema.Literals([
    "FlowStore.create",
    "FlowStore.replace",
    "FlowStore.claim",
    "SessionStore.end",
    "GrantStore.revoke"
  ]),
  call: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 12 })),
  moment: Schema.Literals(["before", "after"])
})

/** Two browsers of one person, and one of another. */
const owners = [people[0], people[0], people[1]] as const

const offering = (openId: OpenId): OpenId => ({ ...openId, offersOfflineAccess: true })

/** All clients have all that it takes, and nothing expires before the end. */
const listening = (world: World): World => {
  const [one, two, three] = world.clients
  const listen = ({ client, secret }: TestClient.TestClient): TestClient.TestClient => {
    const { scope: _, ...rest } = client
    const grantTypes = ["authorization_code", "refresh_token", "implicit"]
    const responseTypes = ["code", "code id_token"]
    return { client: { ...rest, grantTypes, responseTypes }, secret }
  }
  return {
    ...world,
    ...(world.openId && { openId: offering(world.openId) }),
    clients: [listen(one), listen(two), listen(three)],
    settings: { ...world.settings, code: 600, session: 43_200 }
  }
}

const withUris = (world: World, told: readonly [boolean, boolean, boolean]): World => {
  const [one, two, three] = world.clients
  const withUri = ({ client, secret }: TestClient.TestClient, index: 0 | 1 | 2): TestClient.TestClient => ({
    secret,
    client: told[index]
      ? { ...client, backchannelLogoutUri: `https://client-${index}.example/back-channel` }
      : client
  })
  return { ...world, clients: [withUri(one, 0), withUri(two, 1), withUri(three, 2)] }
}

export const logout = law(
  "every client of a session that has ended is told so, once unless something fails, and nobody else is; what they hold without offline_access is good no more",
  {
    given: Arbitrary.all({
      world: Arbitrary.map(openIdWorlds, listening),
      told: Arbitrary.schema(Schema.Tuple([Schema.Boolean, Schema.Boolean, Schema.Boolean])),
      rounds: Arbitrary.array(Arbitrary.schema(Round), { minLength: 1, maxLength: 5 }),
      schedule: schedules,
      /** What clients say who are told, one after another; in the end all say that they have understood. */
      answers: Arbitrary.array(Arbitrary.schema(Schema.Literals([200, 204, 503, 429])), { maxLength: 4 }),
      outages: Arbitrary.array(Arbitrary.schema(Outage), { maxLength: 1 })
    }),
    show: ({ rounds, world, ...rest }) =>
      [
        showWorld(world),
        ...rounds.map((round, index) => `  ${index + 1}. ${JSON.stringify(round)}`),
        `  ${JSON.stringify(rest)}`
      ].join("\n"),
    holds: ({ answers, outages, rounds, schedule, told, world: before }, house) => {
      const world = withUris(before, told)
      const faults = outages.map((outage): Faults.Fault => ({ ...outage, strike: Faults.fail }))
      return Effect.gen(function* () {
        const site = new Site(world, yield* fetchJwkSet, answers)
        const worker = yield* BackChannelLogout.make({ timeout: "3 seconds", concurrency: 2 }).pipe(
          Effect.provideService(HttpClient.HttpClient, site.http),
          Effect.orDie
        )
        for (const { visits, wait, workers } of rounds) {
          yield* Effect.forEach(
            visits.flatMap((visit, index) => [
              ...(visit.enter === "nothing" ? [] : [site.enter(index, visit.enter, visit.as)]),
              ...(visit.signOut ? [site.signOut(index)] : [])
            ]),
            (happens) => happens,
            { concurrency: "unbounded" }
          )
          yield* Effect.forEach(Array.from({ length: workers }), () => Effect.ignore(worker.deliver), {
            concurrency: "unbounded"
          })
          yield* TestClock.adjust(`${wait} seconds`)
        }
        if (outages.length === 0) yield* site.requireGood
        // Longer than anybody waits before another try.
        for (let hours = 0; hours < 12; hours++) {
          yield* Effect.ignore(worker.deliver)
          yield* TestClock.adjust("1 hour")
        }
        yield* site.requireTold(outages.length === 0)
      }).pipe(Effect.provide(openOpenId(world, house, { schedule, faults })))
    }
  }
)

type As = (typeof Visit.Type)["as"]

/** A client that was let into a session. */
interface Entry {
  readonly client: TestClient.TestClient
  readonly sid: string
  readonly sub: unknown
  readonly code: string
  readonly stays: boolean
}

interface Told {
  readonly client: TestClient.TestClient
  readonly sid: string
  readonly jwt: string
  readonly at: number
  readonly understood: boolean
}

/** What people do in their browsers, and what the clients see of it. */
class Site {
  readonly #browsers = owners.map(() => new Browser.Browser())
  readonly #world: World
  readonly #jwkSet: JSONWebKeySet
  readonly #answers: Array<number>
  /** The names of the sessions, by the cookies of the browsers. */
  readonly #sessions = new Map<string, string>()
  readonly #entries: Array<Entry> = []
  readonly #told: Array<Told> = []
  /** Which have ended, and of which nobody knows, since an answer was lost. */
  readonly #ended = new Set<string>()
  readonly #maybeEnded = new Set<string>()

  constructor(world: World, jwkSet: JSONWebKeySet, answers: ReadonlyArray<number>) {
    this.#world = world
    this.#jwkSet = jwkSet
    this.#answers = [...answers]
  }

  readonly http = HttpClient.make((request, url) =>
    Effect.gen({ self: this }, function* () {
      const { body } = request
      const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : ""
      const jwt = new URLSearchParams(text).get("logout_token") ?? ""
      const client = this.#world.clients.find(({ client }) => client.backchannelLogoutUri === url.toString())
      if (client === undefined) return yield* Effect.die(new Error(`${url} is no client's`))
      const status = this.#answers.shift() ?? 200
      const at = yield* Clock.currentTimeMillis
      this.#told.push({ client, sid: String(claimOf(jwt, "sid")), jwt, at, understood: status < 300 })
      return HttpClientResponse.fromWeb(request, new Response(null, { status }))
    })
  )

  #browser(index: number): Browser.Browser {
    return this.#browsers[index] ?? new Browser.Browser()
  }

  readonly enter = Effect.fnUntraced({ self: this }, function* (index: number, which: 0 | 1 | 2, as: As) {
    const client = this.#world.clients[which]
    const browser = this.#browser(index)
    const stays = as === "authentication with offline_access"
    const isOpenId = as !== "OAuth"
    const result = yield* Effect.result(
      Flows.authorize({
        client,
        person: owners[index] ?? people[0],
        browser,
        parameters: isOpenId
          ? {
              response_type: "code id_token",
              scope: stays ? "openid offline_access" : "openid",
              nonce: "n-0S6_WzA2Mj"
            }
          : {}
      })
    )
    if (Result.isFailure(result) || !isOpenId) return
    const { code = "", id_token: idToken = "" } = result.success.parameters
    const sid = String(claimOf(idToken, "sid"))
    this.#entries.push({ client, sid, sub: claimOf(idToken, "sub"), code, stays })
    const cookie = cookieOf(browser)
    if (cookie !== "") this.#sessions.set(cookie, sid)
  })

  /** Without a hint: to verify one takes a while of its own, and no failure could be seen again. */
  readonly signOut = Effect.fnUntraced({ self: this }, function* (index: number) {
    const browser = this.#browser(index)
    const sid = this.#sessions.get(cookieOf(browser))
    if (sid === undefined) return
    this.#maybeEnded.add(sid)
    const page = yield* browser.open("/logout", {})
    const answer = yield* browser.submit(page, { decision: "sign-out" })
    if (answer.body.includes("<title>You are signed out</title>")) this.#ended.add(sid)
  })

  /** A code is good unless its session has ended, and it has no leave to stay. */
  get requireGood() {
    return Effect.forEach(
      this.#entries,
      Effect.fnUntraced({ self: this }, function* ({ client, code, sid, stays }: Entry) {
        const result = yield* Effect.result(Flows.redeem(client, code))
        const expected = stays || !this.#ended.has(sid)
        yield* require(Result.isSuccess(result) === expected, () =>
          expected ? "a code is good no more, though nobody signed out" : "a code outlives its session")
      }),
      { discard: true }
    )
  }

  readonly requireTold = Effect.fnUntraced({ self: this }, function* (nothingFailed: boolean) {
    const identifiers = new Set<unknown>()
    for (const told of this.#told) {
      const problem = yield* refuses(this.#jwkSet, told, this.#entries)
      const isOfASession = this.#entries.some(({ client, sid }) => client === told.client && sid === told.sid)
      // Who was let in, and never learned of it, may be told all the same.
      if (problem !== undefined && (isOfASession || nothingFailed)) return yield* new Broken({ problem })
      yield* require(this.#maybeEnded.has(told.sid), () => "a client is told of a session that goes on")
      identifiers.add(claimOf(told.jwt, "jti"))
    }
    yield* require(identifiers.size === this.#told.length, () => "two logout tokens have one jti")
    for (const { client, sid } of this.#entries) {
      if (client.client.backchannelLogoutUri === undefined || !this.#ended.has(sid)) continue
      const times = this.#told.filter(
        (told) => told.client === client && told.sid === sid && told.understood
      ).length
      yield* require(times === 1 || (times > 1 && !nothingFailed), () => `a client is told ${times} times`)
    }
  })
}

/** What is wrong with a logout token (Back-Channel Logout §2.6); `undefined` if nothing is. */
const refuses = Effect.fnUntraced(function* (
  jwkSet: JSONWebKeySet,
  { at, client, jwt, sid }: Told,
  entries: ReadonlyArray<Entry>
) {
  const verified = yield* verify(jwkSet, client, jwt, at, "logout+jwt")
  if (Result.isFailure(verified)) return `a logout token does not verify: ${verified.failure.cause}`
  const { events, exp = 0, iat = 0, jti, nonce, sub } = verified.success
  if (nonce !== undefined) return "a logout token has a nonce"
  if (typeof jti !== "string") return "a logout token has no jti"
  if (iat * 1000 > at || exp - iat > 120) return `a logout token is good from ${iat} until ${exp}`
  if (JSON.stringify(events) !== '{"http://schemas.openid.net/event/backchannel-logout":{}}') {
    return `the events of a logout token are ${JSON.stringify(events)}`
  }
  return entries.some((entry) => entry.client === client && entry.sid === sid && entry.sub === sub)
    ? undefined
    : "a client is told of a session, or a person, that it does not know"
})

const cookieOf = ({ cookies }: Browser.Browser) => cookies.get("__Host-oauth-session") ?? ""

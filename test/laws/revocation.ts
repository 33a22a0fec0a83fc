import * as Arbitrary from "effect/Arbitrary"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { GrantStore, GrantsOf } from "effect-oauth"
import { Browser, Flows } from "effect-oauth/testing"
import { sweep } from "./support/History.ts"
import {
  lasting,
  open,
  people,
  refreshing,
  resourceServer,
  schedules,
  showWorld,
  type World,
  worlds
} from "./support/House.ts"
import { law, mustWork, require } from "./support/Law.ts"

const ways = [
  "its refresh token",
  "a refresh token of before",
  "the grant itself",
  "the code, a second time",
  "a refresh token, after it was replaced",
  "signing out"
] as const

type Way = (typeof ways)[number]

const begins = ["code", "code token", "password"] as const

/** As far as there is what it takes. */
const possible = (
  way: Way,
  there: { readonly code: boolean; readonly refreshToken: boolean; readonly session: boolean }
): Way => {
  if (way === "the code, a second time" && !there.code) return "the grant itself"
  if (way === "signing out" && !there.session) return "the grant itself"
  return way.includes("refresh token") && !there.refreshToken ? "the grant itself" : way
}

/** The first client may begin in every way. */
const capable = (world: World): World => {
  const [{ client, secret }, second, third] = world.clients
  const grantTypes = Array.from(new Set([...client.grantTypes, "implicit", "password"]))
  const responseTypes = Array.from(new Set([...client.responseTypes, "code token"]))
  return { ...world, clients: [{ client: { ...client, grantTypes, responseTypes }, secret }, second, third] }
}

export const revocation = law("after revocation nothing under the grant works, anywhere", {
  given: Arbitrary.all({
    world: Arbitrary.map(worlds, (world) => capable(refreshing(world))),
    schedule: schedules,
    way: Arbitrary.schema(Schema.Literals(ways)),
    begin: Arbitrary.schema(Schema.Literals(begins)),
    /** Whether it is of OpenID Connect, where that is. */
    isOpenId: Arbitrary.schema(Schema.Boolean),
    rotations: Arbitrary.schema(Schema.Literals([1, 0, 2, 3])),
    /** How many refresh at the moment of the revocation. */
    atOnce: Arbitrary.schema(Schema.Literals([0, 1, 2, 4])),
    later: Arbitrary.schema(Schema.Literals([0, 1, 31, 601])),
    sweep: Arbitrary.schema(Schema.Boolean)
  }),
  show: ({ world, ...rest }) => `${showWorld(world)}\n  ${JSON.stringify(rest)}`,
  holds: ({ atOnce, begin, isOpenId, later, rotations, schedule, sweep: swept, way: wish, world }, house) => {
    const [client, another] = world.clients
    return Effect.gen(function* () {
      const parameters = { redirect_uri: client.client.redirectUris[0] }
      const browser = new Browser.Browser()
      const accessTokens: Array<string> = []
      const refreshTokens: Array<string> = []
      const hold = ({ accessToken, refreshToken }: Flows.Tokens) => {
        accessTokens.push(accessToken)
        if (refreshToken !== undefined) refreshTokens.push(refreshToken)
      }
      // Whoever has offline_access stays when they sign out (Back-Channel Logout §2.7).
      const session = isOpenId && world.openId !== undefined && begin !== "password"
      const scope = session ? (wish === "signing out" ? "openid" : lasting(world).join(" ")) : undefined
      const code = yield* Effect.gen(function* () {
        if (begin === "password") {
          hold(yield* mustWork("the password")(Flows.token(client, { grant_type: "password", ...people[0] })))
          return undefined
        }
        const { parameters: given } = yield* mustWork("signing in")(
          Flows.authorize({
            client,
            person: people[0],
            browser,
            parameters: { ...parameters, scope, response_type: begin }
          })
        )
        if (given.access_token !== undefined) accessTokens.push(given.access_token)
        hold(yield* mustWork("the code")(Flows.redeem(client, given.code ?? "")))
        return given.code
      })
      for (let times = 0; times < rotations && refreshTokens.length > 0; times++) {
        hold(yield* mustWork("a refresh")(Flows.refresh(client, refreshTokens.at(-1) ?? "")))
      }
      const current = refreshTokens.at(-1) ?? ""
      const before = refreshTokens.at(-2) ?? current
      const way = possible(wish, {
        code: code !== undefined,
        refreshToken: refreshTokens.length > 0,
        session
      })

      const revoke = Effect.gen(function* () {
        switch (way) {
          case "its refresh token":
            return yield* mustWork("revocation")(Flows.revoke(client, current))
          case "a refresh token of before":
            return yield* mustWork("revocation")(Flows.revoke(client, before))
          case "the grant itself":
            return yield* revokeGrants(people[0].username)
          case "the code, a second time":
            return yield* Effect.ignore(Flows.redeem(client, code ?? ""))
          case "signing out": {
            const page = yield* browser.open("/logout", {})
            return yield* Effect.asVoid(browser.submit(page, { decision: "sign-out" }))
          }
          case "a refresh token, after it was replaced": {
            const next = yield* mustWork("a refresh")(Flows.refresh(client, current))
            hold(next)
            yield* TestClock.adjust(`${world.settings.grace + 1} seconds`)
            // If there is no window, the first of those who ask at once may have done it.
            return yield* Effect.ignore(Flows.refresh(client, current))
          }
        }
      })
      const alone = way === "a refresh token, after it was replaced" || refreshTokens.length === 0
      const others = Effect.forEach(
        Array.from({ length: alone ? 0 : atOnce }),
        () => Effect.result(Flows.refresh(client, current)),
        { concurrency: "unbounded" }
      )
      const [, meanwhile] = yield* Effect.all([revoke, others], { concurrency: "unbounded" })
      for (const result of meanwhile) if (Result.isSuccess(result)) hold(result.success)

      // Somebody else's grant is none of its business.
      const neighbour = yield* mustWork("a neighbour")(
        Flows.signIn({ client, person: people[1], parameters })
      )
      if (swept) yield* sweep
      yield* TestClock.adjust(`${later} seconds`)

      const nothingWorks = Effect.gen(function* () {
        for (const token of [...accessTokens, ...refreshTokens]) {
          const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, token))
          const kind = accessTokens.includes(token) ? "an access token" : "a refresh token"
          yield* require(said.active === false, () => `${kind} is still active`)
        }
        for (const who of [client, another]) {
          for (const token of refreshTokens) {
            const result = yield* Effect.result(Flows.refresh(who, token))
            yield* require(Result.isFailure(result), () => "a refresh token still works")
          }
          const redeemed = yield* Effect.result(Flows.redeem(who, code ?? "", parameters))
          yield* require(Result.isFailure(redeemed), () => "the code still works")
        }
      })
      yield* nothingWorks
      // Nor does trying bring it back.
      yield* nothingWorks

      if (later < world.settings.accessToken) {
        const said = yield* mustWork("introspection")(Flows.introspect(resourceServer, neighbour.accessToken))
        yield* require(said.active === true, () => "somebody else's grant went along")
      }
    }).pipe(Effect.provide(open(world, house, { schedule })))
  }
})

/** As an application does that lets people look after their grants. */
const revokeGrants = Effect.fnUntraced(function* (subject: string) {
  const store = yield* GrantStore.GrantStore
  const now = yield* Clock.currentTimeMillis
  yield* Stream.runForEach(GrantsOf.subject(subject), ({ id }) =>
    store.revoke({ _tag: "Grant", id }, now)
  ).pipe(Effect.orDie)
})

import { createServer } from "node:http"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import {
  Authentication,
  BackChannelLogout,
  Client,
  ClientStore,
  FlowStore,
  GrantStore,
  Logout,
  Scope,
  Secret,
  SessionStore,
  Storage,
  StorageError
} from "effect-oauth"
import type { OAuthHandler } from "effect-oauth/http"
import * as LogoutToken from "effect-oauth/oidc/LogoutToken"
import * as SessionClients from "effect-oauth/oidc/SessionClients"
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose"
import { audited, redirectOf, tagsOf } from "../support/Flow.ts"
import * as TestServer from "../support/TestServer.ts"
import {
  answers,
  clients,
  deliver,
  Http,
  Provider,
  Server,
  signOut,
  type Told,
  told,
  userinfoStatus
} from "./support/Logout.ts"
import {
  at,
  authorize,
  Browser,
  flow,
  goThrough,
  issuer,
  now,
  redirectUri,
  text,
  verifyJwt,
  visit
} from "./support/Provider.ts"

const event = "http://schemas.openid.net/event/backchannel-logout"

/** What reached clients while a program ran. */
const toldBy = <A, E, R>(program: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    told.length = 0
    return Effect.map(program, () => [...told])
  })

const hashOf = (text: string) => Secret.hash(Redacted.make(text))

const tokenIn = ({ parameters }: Told) => text(parameters.logout_token)

/** A person who has signed in at these clients, one after the other, in one session. */
const signedInAt = Effect.fnUntraced(function* (...ids: ReadonlyArray<string>) {
  const browser = new Browser()
  const hints: Array<string> = []
  const sids: Array<unknown> = []
  for (const id of ids) {
    const { tokens } = yield* visitAt(browser, id)
    hints.push(text(tokens.id_token))
    sids.push(decodeJwt(text(tokens.id_token)).sid)
  }
  return { browser, hint: hints[0] ?? "", hints, sids }
})

const visitAt = Effect.fnUntraced(function* (browser: Browser, id: string) {
  const { response } = yield* visit(browser, { client_id: id, nonce: `n-${id}` })
  const answer = yield* TestServer.send({
    path: at("/token"),
    form: { grant_type: "authorization_code", code: text(response.code), redirect_uri: redirectUri },
    basic: [id, "rp-secret"]
  })
  return { tokens: answer.json() }
})

layer(Provider)("Back-Channel Logout §2.4 the logout token", (it) => {
  // @covers oidc-backchannel-2.4-a oidc-backchannel-2.4-b oidc-backchannel-2.4-c oidc-backchannel-2.4-d
  // @covers oidc-backchannel-2.4-e oidc-backchannel-2.4-f oidc-backchannel-2.4-g oidc-backchannel-2.4-h
  // @covers oidc-backchannel-2.4-i oidc-backchannel-2.4-j oidc-backchannel-2.4-l oidc-backchannel-2.4-n
  // @covers oidc-backchannel-2.6-c oidc-backchannel-2.6-d
  it.effect("is signed like an ID token, says who, where, and that it is a logout, and has no nonce", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust("90 seconds")
      const { browser, hint, sids } = yield* signedInAt("rp")
      yield* signOut(browser, { id_token_hint: hint })
      const [request, ...others] = yield* toldBy(deliver)
      assert.lengthOf(others, 0)
      if (request === undefined) return assert.fail("nobody was told")
      assert.strictEqual(request.method, "POST")
      assert.strictEqual(request.url, "https://rp.example.com/back-channel")
      assert.strictEqual(request.contentType, "application/x-www-form-urlencoded")
      assert.hasAllKeys(request.parameters, ["logout_token"])
      const token = tokenIn(request)
      const { alg, typ } = decodeProtectedHeader(token)
      assert.deepStrictEqual([alg, typ], ["RS256", "logout+jwt"])
      const claims = yield* verifyJwt(token, "RS256")
      assert.hasAllKeys(claims, ["iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"])
      assert.deepStrictEqual(
        [claims.iss, claims.sub, claims.aud, claims.sid, claims.events],
        [issuer, "u-1", "rp", sids[0], { [event]: {} }]
      )
      assert.strictEqual(claims.iat, yield* now)
      assert.strictEqual((claims.exp ?? 0) - (claims.iat ?? 0), 120)
    })
  )

  // @covers oidc-backchannel-2.6-c
  it.effect("goes to each client of the session once, signed and named as the client knows it", () =>
    Effect.gen(function* () {
      const { browser, hint, hints } = yield* signedInAt("rp", "rp-2", "rp", "rp-es256", "rp-untold")
      const other = yield* signedInAt("rp")
      yield* signOut(browser, { id_token_hint: hint })
      const requests = yield* toldBy(deliver)
      assert.deepStrictEqual(requests.map(({ url }) => url).sort(), [
        "https://rp-2.example.com/back-channel",
        "https://rp-3.example.com/back-channel",
        "https://rp.example.com/back-channel"
      ])
      const pairwise = requests.find(({ url }) => url.includes("rp-3"))
      if (pairwise === undefined) return assert.fail("the pairwise client was not told")
      const claims = yield* verifyJwt(tokenIn(pairwise), "ES256")
      assert.strictEqual(claims.sub, decodeJwt(hints[3] ?? "").sub)
      assert.notStrictEqual(claims.sub, "u-1")
      assert.lengthOf(new Set(requests.map((request) => decodeJwt(tokenIn(request)).jti)), 3)
      assert.lengthOf(yield* toldBy(deliver), 0)
      // Other sessions of the same person go on.
      const { response } = yield* visit(other.browser, { prompt: "none" })
      assert.isString(response.code)
    })
  )

  it.effect("goes to a client that got an ID token and nothing else", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const { response } = yield* visit(browser, { response_type: "id_token" })
      yield* signOut(browser, { id_token_hint: text(response.id_token) })
      assert.lengthOf(yield* toldBy(deliver), 1)
    })
  )

  // @covers oidc-backchannel-2.2-a oidc-backchannel-2.2-b oidc-backchannel-2.2-c oidc-backchannel-2.2-d
  it.effect("§2.2 goes to a URI as it was registered, and to none that should not have been", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      for (const [uri, ...reached] of [
        ["https://rp.example.com/back?channel=1&x=%20", "https://rp.example.com/back?channel=1&x=%20"],
        ["https://rp.example.com/back#channel"],
        ["https://name:password@rp.example.com/back"],
        ["https://name@rp.example.com/back"],
        ["https://:password@rp.example.com/back"],
        ["/back-channel"]
      ]) {
        const { browser, hint } = yield* signedInAt("rp-untold")
        const untold = clients.find(({ clientId }) => clientId === "rp-untold")
        if (untold === undefined || uri === undefined) return assert.fail("there is no such client")
        yield* store.put({ ...untold, backchannelLogoutUri: uri })
        yield* signOut(browser, { id_token_hint: hint })
        const requests = yield* toldBy(deliver)
        yield* store.put(untold)
        assert.deepStrictEqual(
          requests.map(({ url }) => url),
          reached
        )
      }
    })
  )

  it.effect("is for a client alone: nothing is stored for one that is not told, or is gone", () =>
    Effect.gen(function* () {
      const { browser, hint } = yield* signedInAt("rp-untold")
      yield* signOut(browser, { id_token_hint: hint })
      assert.strictEqual(yield* deliver, 0)
      const sid = "of a client that is gone"
      yield* SessionClients.note(sid, Client.ClientId.make("gone"), Duration.hours(1))
      yield* (yield* Logout.Logout).endSession({ sid, subject: "u-1" })
      assert.strictEqual(yield* deliver, 0)
    })
  )

  it.effect("is not shown to who looks at it in passing", () =>
    Effect.gen(function* () {
      const [client] = clients
      if (client === undefined) return assert.fail("there is no client")
      const token = yield* LogoutToken.make(client, { sid: "s", subject: "u-1" })
      assert.strictEqual(String(token), "<redacted:logout_token>")
    })
  )

  it.effect("goes nowhere but to http and https", () =>
    Effect.gen(function* () {
      const { browser, hint } = yield* signedInAt("rp-elsewhere")
      yield* signOut(browser, { id_token_hint: hint })
      assert.lengthOf(yield* toldBy(deliver), 0)
    })
  )
})

layer(
  Server({ allowHttp: false }).pipe(
    Layer.provideMerge(Http),
    Layer.provideMerge(Storage.layerMemoryWith({ clients }))
  )
)("Back-Channel Logout §2.2 where http is not allowed", (it) => {
  it.effect("no client is told over it, but for one on this machine", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const [client] = clients
      if (client === undefined) return assert.fail("there is no client")
      for (const [uri, ...reached] of [
        ["http://rp.example.com/back"],
        ["http://127.0.0.1:4711/back", "http://127.0.0.1:4711/back"]
      ]) {
        if (uri === undefined) return assert.fail("there is no URI")
        yield* store.put({ ...client, backchannelLogoutUri: uri })
        yield* SessionClients.note(uri, client.clientId, Duration.hours(1))
        yield* (yield* Logout.Logout).endSession({ sid: uri, subject: "u-1" })
        const requests = yield* toldBy(deliver)
        yield* store.put(client)
        assert.deepStrictEqual(
          requests.map(({ url }) => url),
          reached
        )
      }
    })
  )
})

layer(Provider)("a client that is another by the time that it is told", (it) => {
  const changed = Effect.fnUntraced(function* (change: (client: Client.Client) => Client.Client | undefined) {
    const store = yield* ClientStore.ClientStore
    const [client] = clients
    if (client === undefined) return assert.fail("there is no client")
    const { browser, hint } = yield* signedInAt("rp")
    yield* signOut(browser, { id_token_hint: hint })
    const after = change(client)
    yield* after === undefined ? store.remove(client.clientId) : store.put(after)
    const outcome = yield* audited(toldBy(Effect.map(deliver, (made) => assert.strictEqual(made, 1))))
    yield* store.put(client)
    return outcome
  })

  it.effect("because it is gone, or wants no more of it: it is not told, and nobody hears of it", () =>
    Effect.gen(function* () {
      for (const change of [
        () => undefined,
        ({ backchannelLogoutUri: _, ...client }: Client.Client) => client
      ]) {
        const { events, value } = yield* changed(change)
        assert.deepStrictEqual([value, events], [[], []])
        yield* TestClock.adjust("1 day")
        assert.lengthOf(yield* toldBy(deliver), 0)
      }
    })
  )

  it.effect("and takes a signature that the server does not have: it is told when the server has", () =>
    Effect.gen(function* () {
      const { events, value } = yield* changed((client) => ({ ...client, idTokenSignedResponseAlg: "EdDSA" }))
      assert.deepStrictEqual([value, events], [[], []])
      yield* TestClock.adjust("10 seconds")
      assert.lengthOf(yield* toldBy(deliver), 1)
    })
  )
})

describe("Back-Channel Logout §2.5, §2.8 telling a client", () => {
  const answering = (status: number | "nothing") =>
    Effect.acquireRelease(
      Effect.sync(() => {
        answers.status = () => status
      }),
      () =>
        Effect.sync(() => {
          answers.status = () => 200
        })
    )

  const out = Effect.gen(function* () {
    const { browser, hint } = yield* signedInAt("rp")
    yield* signOut(browser, { id_token_hint: hint })
  })

  layer(Provider)("that", (it) => {
    for (const status of [200, 204]) {
      it.effect(`answers ${status}: it is told`, () =>
        Effect.gen(function* () {
          yield* answering(status)
          yield* out
          const { events, value } = yield* audited(toldBy(deliver))
          assert.lengthOf(value, 1)
          assert.deepStrictEqual(tagsOf(events), [])
          yield* TestClock.adjust("1 day")
          assert.lengthOf(yield* toldBy(deliver), 0)
        })
      )
    }

    for (const status of [302, 400, 404] as const) {
      // @covers oidc-backchannel-2.5-c
      it.effect(`answers ${status}: it is not asked again, and the operator hears of it`, () =>
        Effect.gen(function* () {
          yield* answering(status)
          yield* out
          const { events, value } = yield* audited(toldBy(deliver))
          assert.lengthOf(value, 1)
          assert.deepStrictEqual(tagsOf(events), ["LogoutNotDelivered"])
          yield* TestClock.adjust("1 day")
          assert.lengthOf(yield* toldBy(deliver), 0)
        })
      )
    }

    for (const status of [408, 425, 429, 500, 503] as const) {
      // @covers oidc-backchannel-2.5-b
      it.effect(`answers ${status}: it is tried again, later and later, and then given up`, () =>
        Effect.gen(function* () {
          yield* answering(status)
          yield* out
          const { events, value } = yield* audited(
            Effect.gen(function* () {
              const counts: Array<number> = []
              for (const wait of [
                "0 seconds",
                "9 seconds",
                "1 second",
                "39 seconds",
                "1 second",
                "1 day"
              ] as const) {
                yield* TestClock.adjust(wait)
                counts.push((yield* toldBy(deliver)).length)
              }
              return counts
            })
          )
          assert.deepStrictEqual(value, [1, 0, 1, 0, 1, 0])
          assert.deepStrictEqual(tagsOf(events), ["LogoutNotDelivered"])
        })
      )
    }

    it.effect("answers the second time: it is told, with a token that is new", () =>
      Effect.gen(function* () {
        yield* answering(503)
        yield* out
        const [first] = yield* toldBy(deliver)
        yield* answering(200)
        yield* TestClock.adjust("10 seconds")
        const [second] = yield* toldBy(deliver)
        if (first === undefined || second === undefined) return assert.fail("it was not told twice")
        assert.notStrictEqual(decodeJwt(tokenIn(first)).jti, decodeJwt(tokenIn(second)).jti)
        yield* verifyJwt(tokenIn(second), "RS256")
        yield* TestClock.adjust("1 day")
        assert.lengthOf(yield* toldBy(deliver), 0)
      })
    )

    it.effect("does not answer: others are told meanwhile", () =>
      Effect.gen(function* () {
        yield* answering("nothing")
        const { browser, hint } = yield* signedInAt("rp", "rp-2")
        yield* signOut(browser, { id_token_hint: hint })
        told.length = 0
        const fiber = yield* Effect.forkChild(deliver)
        // One that never answers would keep the other waiting for ever.
        while (told.length < 2) yield* Effect.promise(() => new Promise((resume) => setTimeout(resume, 5)))
        assert.lengthOf(told, 2)
        yield* answering(200)
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual(yield* Fiber.join(fiber), 2)
        yield* TestClock.adjust("10 seconds")
        assert.lengthOf(yield* toldBy(deliver), 2)
      })
    )

    it.effect("does not answer: it is given up on in time, and tried again", () =>
      Effect.gen(function* () {
        yield* answering("nothing")
        yield* out
        told.length = 0
        const fiber = yield* Effect.forkChild(deliver)
        // Signing takes its time, and none of the clock's.
        while (told.length === 0) yield* Effect.promise(() => new Promise((resume) => setTimeout(resume, 5)))
        yield* TestClock.adjust("3 seconds")
        assert.strictEqual(yield* Fiber.join(fiber), 1)
        yield* answering(200)
        yield* TestClock.adjust("10 seconds")
        assert.lengthOf(yield* toldBy(deliver), 1)
      })
    )
  })
})

layer(Provider)("one session", (it) => {
  it.effect("ends where it is stored, if it is", () =>
    Effect.gen(function* () {
      const sessions = yield* SessionStore.SessionStore
      const { endSession } = yield* Logout.Logout
      const endedAt = (hash: Secret.SecretHash) =>
        Effect.map(sessions.find(hash), (found) => (found._tag === "Some" ? found.value.endedAt : "never"))
      const session = { subject: "u-1", authenticatedAt: 0, expiresAt: 1_000_000 }
      const [one, other] = [hashOf("one"), hashOf("other")]
      for (const hash of [one, other]) yield* sessions.start({ ...session, hash })
      yield* TestClock.adjust("1 second")
      yield* endSession({ sid: "s", subject: "u-1", hash: one })
      assert.strictEqual(yield* endedAt(one), yield* Clock.currentTimeMillis)
      assert.isUndefined(yield* endedAt(other))
    })
  )
})

layer(Provider)("all sessions of a person", (it) => {
  const isSignedIn = (browser: Browser) =>
    Effect.map(visit(browser, { prompt: "none" }), ({ response }) => response.error !== "login_required")

  it.effect("end, and each client of each of them is told, of nobody else's and of none twice", () =>
    Effect.gen(function* () {
      const one = yield* signedInAt("rp", "rp-2")
      const other = yield* signedInAt("rp", "rp-untold")
      const before = yield* signedInAt("rp-es256")
      yield* signOut(before.browser, { id_token_hint: before.hint })
      assert.lengthOf(yield* toldBy(deliver), 1)
      const grace = new Browser()
      yield* goThrough(grace, yield* authorize(grace), ["grace", "hopper"])
      yield* TestClock.adjust("1 second")
      const { endAllSessions } = yield* Logout.Logout
      const { events } = yield* audited(endAllSessions("u-1"))
      assert.deepStrictEqual(tagsOf(events), ["SignedOut"])
      const requests = yield* toldBy(deliver)
      assert.sameDeepMembers(
        requests.map((request) => {
          const { aud, sid, sub } = decodeJwt(tokenIn(request))
          return { aud, sid, sub }
        }),
        [
          { aud: "rp", sid: one.sids[0], sub: "u-1" },
          { aud: "rp-2", sid: one.sids[0], sub: "u-1" },
          { aud: "rp", sid: other.sids[0], sub: "u-1" }
        ]
      )
      assert.isFalse(yield* isSignedIn(one.browser))
      assert.isFalse(yield* isSignedIn(other.browser))
      assert.isTrue(yield* isSignedIn(grace))
      yield* endAllSessions("u-1")
      assert.lengthOf(yield* toldBy(deliver), 0)
    })
  )

  // @covers oidc-backchannel-2.7-b
  it.effect("take their refresh tokens along, but for those with offline_access", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ scope: "openid read" })
      const offline = yield* flow({ scope: "openid offline_access" })
      yield* TestClock.adjust("1 second")
      yield* (yield* Logout.Logout).endAllSessions("u-1")
      assert.strictEqual(yield* userinfoStatus(tokens.access_token), 401)
      assert.strictEqual(yield* userinfoStatus(offline.tokens.access_token), 200)
    })
  )

  it.effect("are also those whose grants have been swept", () =>
    Effect.gen(function* () {
      const { sids } = yield* signedInAt("rp")
      yield* TestClock.adjust("1 hour")
      const grants = yield* GrantStore.GrantStore
      yield* grants.sweep({ now: yield* Clock.currentTimeMillis, limit: 1000 })
      yield* deliver
      yield* (yield* Logout.Logout).endAllSessions("u-1")
      const told = (yield* toldBy(deliver)).map((request) => decodeJwt(tokenIn(request)).sid)
      assert.include(told, sids[0])
    })
  )

  it.effect("are also those that an Interaction of one's own has made, by their grants", () =>
    Effect.gen(function* () {
      const grants = yield* GrantStore.GrantStore
      const time = yield* Clock.currentTimeMillis
      const noted = (sid: string, authenticatedAt: number | undefined, createdAt: number) =>
        Effect.gen(function* () {
          const grant = {
            id: GrantStore.GrantId(`grant of ${sid}`),
            clientId: clients[0]?.clientId ?? assert.fail("there is no client"),
            subject: "u-9",
            username: "nobody of ours",
            scope: Scope.fromTokens(["openid"]),
            createdAt,
            authenticatedAt,
            extensions: { openid: Authentication.encode({ claimsLocales: [], sid }) }
          }
          yield* grants.authorize(grant, {})
          yield* SessionClients.note(sid, grant.clientId, Duration.hours(1))
        })
      yield* noted("own", time, time + 1000)
      yield* noted("own, of which nobody noted when", undefined, time)
      yield* noted("own, later", time + 1000, time + 1000)
      yield* TestClock.adjust("1 second")
      yield* deliver
      yield* (yield* Logout.Logout).endAllSessions("u-9")
      const sids = (yield* toldBy(deliver)).map((request) => decodeJwt(tokenIn(request)).sid)
      assert.sameMembers(sids, ["own", "own, of which nobody noted when"])
    })
  )
})

describe("all sessions of a person, one of whom signs in at that moment", () => {
  let between: Effect.Effect<unknown> = Effect.void
  const Stores = Layer.effect(
    SessionStore.SessionStore,
    Effect.map(SessionStore.SessionStore, (sessions) => ({
      ...sessions,
      sessionsOf: (subject) => Effect.andThen(between, sessions.sessionsOf(subject))
    }))
  ).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))

  layer(Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores)))("", (it) => {
    it.effect("end, but for that one", () =>
      Effect.gen(function* () {
        const before = yield* signedInAt("rp")
        yield* TestClock.adjust("1 second")
        const browser = new Browser()
        const context = yield* Effect.context<OAuthHandler.OAuthHandler>()
        between = Effect.provideContext(visit(browser, { client_id: "rp-2" }), context)
        yield* (yield* Logout.Logout).endAllSessions("u-1")
        const told = (yield* toldBy(deliver)).map((request) => decodeJwt(tokenIn(request)).sid)
        assert.deepStrictEqual(told, before.sids)
        const { response } = yield* visit(browser, { prompt: "none" })
        assert.isString(response.code)
      })
    )
  })
})

describe("a logout that is stored", () => {
  layer(Provider)("for many processes", (it) => {
    it.effect("tells each client once, however many deliver at the same time", () =>
      Effect.gen(function* () {
        for (let session = 0; session < 3; session++) {
          const { browser, hint } = yield* signedInAt("rp", "rp-2", "rp-es256")
          yield* signOut(browser, { id_token_hint: hint })
        }
        const requests = yield* toldBy(
          Effect.all(
            Array.from({ length: 8 }, () => deliver),
            { concurrency: "unbounded" }
          )
        )
        assert.lengthOf(requests, 9)
      })
    )
  })

  for (const [verb, whose] of [
    ["revoke", "this"],
    ["tell", "this"],
    ["consume", "this"],
    ["endAll", "every"],
    ["sessionsOf", "every"],
    ["revoke", "every"],
    ["tell", "every"],
    ["consume", "every"]
  ] as const) {
    it.effect(`of ${whose} session is finished by another process, when one dies as it would ${verb}`, () =>
      Effect.gen(function* () {
        let dies = false
        const dying = <A, E, R>(self: Effect.Effect<A, E, R>) =>
          Effect.suspend(() => {
            if (!dies) return self
            dies = false
            return Effect.die(new Error("The process dies"))
          })
        const Dying = Layer.mergeAll(
          Layer.effect(
            SessionStore.SessionStore,
            Effect.map(SessionStore.SessionStore, (sessions) => ({
              ...sessions,
              endAll: (subject, now) =>
                verb === "endAll" ? dying(sessions.endAll(subject, now)) : sessions.endAll(subject, now),
              sessionsOf: (subject) =>
                verb === "sessionsOf" ? dying(sessions.sessionsOf(subject)) : sessions.sessionsOf(subject)
            }))
          ),
          Layer.effect(
            FlowStore.FlowStore,
            Effect.map(FlowStore.FlowStore, (flows) => ({
              ...flows,
              create: (flow, now) =>
                verb === "tell" && flow.kind === "logout-token"
                  ? dying(flows.create(flow, now))
                  : flows.create(flow, now),
              consume: (key, now) =>
                verb === "consume" && key.kind === "logout"
                  ? dying(flows.consume(key, now))
                  : flows.consume(key, now)
            }))
          ),
          Layer.effect(
            GrantStore.GrantStore,
            Effect.map(GrantStore.GrantStore, (grants) => ({
              ...grants,
              revoke: (target, now) =>
                verb === "revoke" ? dying(grants.revoke(target, now)) : grants.revoke(target, now)
            }))
          )
        ).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))
        yield* Effect.gen(function* () {
          const { browser, hint } = yield* signedInAt("rp", "rp-2")
          dies = true
          if (whose === "this") {
            const answer = yield* signOut(browser, { id_token_hint: hint })
            assert.strictEqual(answer.status, 500)
          } else {
            yield* TestClock.adjust("1 second")
            const exit = yield* Effect.exit((yield* Logout.Logout).endAllSessions("u-1"))
            assert.isTrue(Exit.hasDies(exit))
          }
          yield* toldBy(deliver)
          yield* TestClock.adjust("1 minute")
          yield* deliver
          assert.lengthOf(told, 2)
          assert.lengthOf(new Set(told.map(({ url }) => url)), 2)
          const silent = redirectOf(yield* authorize(browser, { prompt: "none" }))
          assert.strictEqual(silent.query.error, "login_required")
          yield* TestClock.adjust("1 day")
          assert.lengthOf(yield* toldBy(deliver), 0)
        }).pipe(Effect.provide(Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Dying))))
      })
    )
  }

  it.effect("and was not finished stays so, whichever others are", () =>
    Effect.gen(function* () {
      let dies = false
      const Stores = Layer.effect(
        FlowStore.FlowStore,
        Effect.map(FlowStore.FlowStore, (flows) => ({
          ...flows,
          create: (flow, now) =>
            Effect.suspend(() => {
              if (!dies || flow.kind !== "logout-token") return flows.create(flow, now)
              dies = false
              return Effect.die(new Error("The process dies"))
            })
        }))
      ).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))
      yield* Effect.gen(function* () {
        const { endAllSessions, endSession } = yield* Logout.Logout
        const sids: Array<string> = []
        const dieAt = Effect.fnUntraced(function* (end: Effect.Effect<void, StorageError>) {
          dies = true
          assert.isTrue(Exit.hasDies(yield* Effect.exit(end)))
        })
        const one = yield* signedInAt("rp")
        const other = yield* signedInAt("rp-2")
        yield* dieAt(endSession({ sid: text(one.sids[0]), subject: "u-1" }))
        yield* endSession({ sid: text(other.sids[0]), subject: "u-1" })
        sids.push(...(yield* toldBy(deliver)).map((request) => text(decodeJwt(tokenIn(request)).sid)))
        assert.deepStrictEqual<unknown>(sids, other.sids)
        const third = yield* signedInAt("rp")
        yield* TestClock.adjust("1 minute")
        const finished = (yield* toldBy(deliver)).map((request) => decodeJwt(tokenIn(request)).sid)
        assert.deepStrictEqual(finished, one.sids)
        yield* dieAt(endAllSessions("u-1"))
        yield* endAllSessions("u-2")
        // Whoever is at it has a minute, the first time and each other.
        assert.lengthOf(yield* toldBy(deliver), 0)
        yield* TestClock.adjust("1 minute")
        dies = true
        assert.isTrue(Exit.hasDies(yield* Effect.exit(deliver)))
        assert.lengthOf(yield* toldBy(deliver), 0)
        yield* TestClock.adjust("1 minute")
        const last = (yield* toldBy(deliver)).map((request) => decodeJwt(tokenIn(request)).sid)
        assert.includeMembers(last, third.sids)
      }).pipe(Effect.provide(Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores))))
    })
  )

  it.effect("lets no client into a session that ends while it is approved", () =>
    Effect.gen(function* () {
      let before: Effect.Effect<unknown, unknown> = Effect.void
      const Stores = Layer.effect(
        GrantStore.GrantStore,
        Effect.map(GrantStore.GrantStore, (grants) => ({
          ...grants,
          // The session ends when the grant is as good as stored.
          authorize: (grant, issue) => Effect.andThen(Effect.ignore(before), grants.authorize(grant, issue))
        }))
      ).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))
      yield* Effect.gen(function* () {
        const { browser, sids } = yield* signedInAt("rp")
        const { endSession } = yield* Logout.Logout
        before = endSession({ sid: text(sids[0]), subject: "u-1" })
        const silent = redirectOf(yield* authorize(browser, { prompt: "none" }))
        assert.strictEqual(silent.query.error, "login_required")
        assert.strictEqual(silent.query.error_description, "The session has ended")
        assert.notProperty(silent.query, "code")
      }).pipe(Effect.provide(Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores))))
    })
  )
})

describe("an option that nobody could be told with is refused as the Layer is built", () => {
  for (const [setting, options] of [
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: "Infinity" }],
    ["timeout", { timeout: -1000 }],
    ["attempts", { attempts: 0 }],
    ["attempts", { attempts: 1.5 }],
    ["attempts", { attempts: Number.NaN }],
    ["concurrency", { concurrency: 0 }],
    ["concurrency", { concurrency: Number.POSITIVE_INFINITY }],
    ["interval", { interval: 0 }],
    ["interval", { interval: "Infinity" }]
  ] as const) {
    it.effect(`${setting}: ${Object.values(options)}`, () =>
      Effect.gen(function* () {
        for (const build of [
          Effect.asVoid(Layer.build(BackChannelLogout.layer(options))),
          Effect.asVoid(BackChannelLogout.make(options))
        ]) {
          const error = yield* Effect.flip(build)
          assert.strictEqual(error._tag, "ConfigurationError")
          assert.strictEqual(error.setting, setting)
        }
      }).pipe(Effect.scoped, Effect.provide(Provider))
    )
  }
})

describe("a worker in the background", () => {
  it.effect("says what it could not do, and goes on", () =>
    Effect.gen(function* () {
      const lines: Array<unknown> = []
      const failures = [
        Effect.fail(new StorageError({ operation: "FlowStore.claim", cause: "down" })),
        Effect.die("a mistake")
      ]
      const Stores = Layer.effect(
        FlowStore.FlowStore,
        Effect.map(FlowStore.FlowStore, (flows) => ({
          ...flows,
          claim: (request) => Effect.suspend(() => failures.shift() ?? flows.claim(request))
        }))
      ).pipe(Layer.provideMerge(Storage.layerMemoryWith({ clients })))
      const Recorder = Logger.layer([
        Logger.make(({ logLevel, message }) => {
          const [text] = Array.isArray(message) ? message : [message]
          if (text !== "LogoutNotDelivered") lines.push([logLevel, text])
        })
      ])
      yield* Effect.gen(function* () {
        const { browser, hint } = yield* signedInAt("rp")
        yield* signOut(browser, { id_token_hint: hint })
        const requests = yield* toldBy(
          Effect.gen(function* () {
            // To sign a token takes time of the machine, and of no test's clock.
            while (told.length === 0) {
              yield* TestClock.adjust("1 second")
              yield* Effect.promise(() => new Promise((resume) => setTimeout(resume, 5)))
            }
          }).pipe(Effect.provide(BackChannelLogout.layer().pipe(Layer.provide(Recorder))))
        )
        assert.lengthOf(requests, 1)
        assert.deepStrictEqual(lines, [
          ["Warn", "Logout tokens could not be looked up"],
          ["Error", "Logout tokens could not be delivered"]
        ])
      }).pipe(Effect.provide(Server().pipe(Layer.provideMerge(Http), Layer.provideMerge(Stores))))
    })
  )
})

describe("a relying party that is a server", () => {
  it.live("is told within a second or two, by a worker in the background, and verifies it with jose", () =>
    Effect.gen(function* () {
      const bodies: Array<string> = []
      const seen: Array<string> = []
      const rp = createServer((request, response) => {
        seen.push(request.url ?? "")
        let body = ""
        request.on("data", (chunk) => (body += String(chunk)))
        request.on("end", () => {
          bodies.push(body)
          // The first time it sends the server on, which does not go.
          response.writeHead(bodies.length === 1 ? 302 : 200, { location: "/elsewhere" }).end()
        })
      })
      yield* Effect.acquireRelease(
        Effect.callback<void>((resume) => void rp.listen(0, "127.0.0.1", () => resume(Effect.void))),
        () => Effect.sync(() => void rp.close())
      )
      const address = rp.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const store = yield* ClientStore.ClientStore
      yield* store.put(
        Client.make({
          client_id: "rp",
          client_secret_hashes: clients[0]?.clientSecretHashes ?? [],
          redirect_uris: [redirectUri],
          grant_types: ["authorization_code"],
          require_pkce: false,
          backchannel_logout_uri: `http://127.0.0.1:${port}/back-channel`
        })
      )
      const browser = new Browser()
      const { tokens } = yield* flow({}, browser)
      const worker = BackChannelLogout.layer({ interval: "50 millis" }).pipe(
        Layer.provide(FetchHttpClient.layer)
      )
      yield* Effect.gen(function* () {
        yield* signOut(browser, { id_token_hint: text(tokens.id_token) })
        while (bodies.length === 0) yield* Effect.sleep("20 millis")
        yield* Effect.sleep("200 millis")
      }).pipe(Effect.provide(worker))
      assert.deepStrictEqual(seen, ["/back-channel"])
      const jwks = yield* TestServer.send({ path: at("/jwks") })
      const token = text(new URLSearchParams(bodies[0]).get("logout_token"))
      const { payload } = yield* Effect.promise(() =>
        jwtVerify(token, createLocalJWKSet(JSON.parse(jwks.body)), {
          issuer,
          audience: "rp",
          typ: "logout+jwt",
          requiredClaims: ["jti", "iat", "exp", "events", "sid"]
        })
      )
      assert.strictEqual(payload.sub, "u-1")
    }).pipe(Effect.scoped, Effect.provide(Provider))
  )
})

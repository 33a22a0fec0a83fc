/**
 * When something behind the endpoints breaks: a store that cannot answer, a
 * defect, a server that was told to be unavailable.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import {
  ClientStore,
  FlowStore,
  GrantStore,
  ResourceOwner,
  SessionStore,
  Storage,
  StorageError
} from "effect-oauth"
import * as TestServer from "../support/TestServer.ts"
import * as Server from "./support/Server.ts"
import * as Web from "./support/Web.ts"

const html = { accept: "text/html" }
const secretCause = "connection to postgres://admin:hunter2@db refused"

type Breakage = "fails" | "dies" | "throws"

/** The verb that is broken now, and how. */
class Broken {
  verb: string | undefined
  how: Breakage = "fails"

  answer(verb: string): Effect.Effect<never, StorageError> | undefined {
    if (this.verb !== verb) return undefined
    const error = new Error(secretCause)
    switch (this.how) {
      case "fails":
        return Effect.fail(new StorageError({ operation: verb, cause: error }))
      case "dies":
        return Effect.die(error)
      case "throws":
        throw error
    }
  }
}

/** A service whose every verb breaks when it is told to. */
const breakable = <Id, Service extends object>(key: Context.Key<Id, Service>, name: string, broken: Broken) =>
  Layer.effect(
    key,
    Effect.map(
      key,
      (service) =>
        new Proxy(service, {
          get: (target, property) => {
            const verb: unknown = Reflect.get(target, property)
            return typeof verb !== "function"
              ? verb
              : (...parameters: ReadonlyArray<unknown>) =>
                  broken.answer(`${name}.${String(property)}`) ?? Reflect.apply(verb, target, parameters)
          }
        })
    )
  )

const breakables = (broken: Broken) =>
  Layer.mergeAll(
    breakable(ClientStore.ClientStore, "ClientStore", broken),
    breakable(GrantStore.GrantStore, "GrantStore", broken),
    breakable(FlowStore.FlowStore, "FlowStore", broken),
    breakable(SessionStore.SessionStore, "SessionStore", broken),
    breakable(ResourceOwner.ResourceOwner, "ResourceOwner", broken)
  )

interface Logged {
  readonly message: string
  readonly annotations: Readonly<Record<string, unknown>>
  readonly cause: string
}

const logging = (lines: Array<Logged>) =>
  Logger.layer([
    Logger.make(({ cause, fiber, logLevel, message }) => {
      if (logLevel !== "Error") return
      lines.push({
        message: [message].flat().map(String).join(" "),
        annotations: fiber.getRef(References.CurrentLogAnnotations),
        cause: Cause.pretty(cause)
      })
    })
  ])

const server = (broken: Broken, lines: Array<Logged>) =>
  Server.handler().pipe(
    Layer.provide(breakables(broken)),
    Layer.provideMerge(TestServer.People),
    Layer.provideMerge(Storage.layerMemoryWith({ clients: TestServer.clients })),
    Layer.provideMerge(Server.silent),
    Layer.provideMerge(logging(lines))
  )

interface Ready {
  /** The request that is sent while something is broken. */
  readonly request: Web.Sent
  readonly send: Web.Send
}

const codeRequest = Effect.fnUntraced(function* (send: Web.Send) {
  const browser = new Web.Browser(send)
  const page = yield* browser.open("/authorize", Web.authorizationRequest)
  const { headers } = yield* browser.submit(yield* browser.submit(page, Web.ada), Web.approve)
  return Web.form(
    "/token",
    {
      grant_type: "authorization_code",
      code: new URL(headers.location ?? "").searchParams.get("code") ?? "",
      redirect_uri: TestServer.redirectUri,
      code_verifier: Web.verifier
    },
    Server.basic("confidential")
  )
})

const tokens = Effect.fnUntraced(function* (send: Web.Send) {
  return Server.json(yield* send(yield* codeRequest(send)))
})

const withToken = (path: string, member: string) =>
  Effect.fnUntraced(function* (send: Web.Send) {
    const token = String((yield* tokens(send))[member])
    return { request: Web.form(path, { token }, Server.basic("confidential")), send }
  })

const clientCredentials = (send: Web.Send) =>
  Effect.succeed<Ready>({
    request: Web.form("/token", { grant_type: "client_credentials" }, Server.basic("service")),
    send
  })

const password = (send: Web.Send) =>
  Effect.succeed<Ready>({
    request: Web.form("/token", { grant_type: "password", ...Web.ada }, Server.basic("confidential")),
    send
  })

const authorize = (send: Web.Send) =>
  Effect.succeed<Ready>({
    request: { path: "/authorize", query: Web.encode(Web.authorizationRequest) },
    send
  })

const authorizeSignedIn = Effect.fnUntraced(function* (send: Web.Send) {
  const browser = new Web.Browser(send)
  yield* browser.submit(yield* browser.open("/authorize", Web.authorizationRequest), Web.ada)
  return { request: { path: "/authorize", query: Web.encode(Web.authorizationRequest) }, send: browser.send }
})

const signIn = Effect.fnUntraced(function* (send: Web.Send) {
  const browser = new Web.Browser(send)
  const { body } = yield* browser.open("/authorize", Web.authorizationRequest)
  const { action, fields } = Web.readForm(body)
  return { request: Web.form(action, { ...fields, ...Web.ada }), send: browser.send }
})

const decide = (decision: Readonly<Record<string, string>>) =>
  Effect.fnUntraced(function* (send: Web.Send) {
    const browser = new Web.Browser(send)
    const page = yield* browser.open("/authorize", Web.authorizationRequest)
    const { body } = yield* browser.submit(page, Web.ada)
    const { action, fields } = Web.readForm(body)
    return { request: Web.form(action, { ...fields, ...decision }), send: browser.send }
  })

interface Case {
  readonly endpoint: string
  readonly prepare: (send: Web.Send) => Effect.Effect<Ready>
  readonly good: number
  /** Every verb that the request needs. */
  readonly verbs: ReadonlyArray<string>
}

const cases: ReadonlyArray<Case> = [
  {
    endpoint: "token, a code",
    prepare: (send) => Effect.map(codeRequest(send), (request) => ({ request, send })),
    good: 200,
    verbs: ["ClientStore.find", "GrantStore.findCode", "GrantStore.redeemCode"]
  },
  {
    endpoint: "token, a refresh token",
    prepare: Effect.fnUntraced(function* (send) {
      const refresh_token = String((yield* tokens(send)).refresh_token)
      const request = Web.form(
        "/token",
        { grant_type: "refresh_token", refresh_token },
        Server.basic("confidential")
      )
      return { request, send }
    }),
    good: 200,
    verbs: ["ClientStore.find", "GrantStore.findRefreshFamily", "GrantStore.rotate"]
  },
  {
    endpoint: "token, client credentials",
    prepare: clientCredentials,
    good: 200,
    verbs: ["ClientStore.find", "GrantStore.authorize"]
  },
  {
    endpoint: "token, a password",
    prepare: password,
    good: 200,
    verbs: ["ClientStore.find", "ResourceOwner.authenticate", "GrantStore.authorize"]
  },
  {
    endpoint: "introspection, an access token",
    prepare: withToken("/introspect", "access_token"),
    good: 200,
    verbs: ["ClientStore.find", "GrantStore.findAccessToken"]
  },
  {
    endpoint: "introspection, a refresh token",
    prepare: withToken("/introspect", "refresh_token"),
    good: 200,
    verbs: ["ClientStore.find", "GrantStore.findRefreshFamily"]
  },
  {
    endpoint: "revocation",
    prepare: withToken("/revoke", "access_token"),
    good: 200,
    verbs: ["ClientStore.find", "GrantStore.findAccessToken", "GrantStore.revoke"]
  },
  {
    endpoint: "authorization",
    prepare: authorize,
    good: 200,
    verbs: ["ClientStore.find", "FlowStore.create"]
  },
  {
    endpoint: "authorization, signed in",
    prepare: authorizeSignedIn,
    good: 200,
    verbs: ["ClientStore.find", "SessionStore.find", "ResourceOwner.find", "FlowStore.create"]
  },
  {
    endpoint: "sign in",
    prepare: signIn,
    good: 200,
    verbs: [
      "FlowStore.find",
      "ClientStore.find",
      "ResourceOwner.authenticate",
      "SessionStore.start",
      "FlowStore.replace"
    ]
  },
  {
    endpoint: "approve",
    prepare: decide(Web.approve),
    good: 303,
    verbs: ["FlowStore.find", "SessionStore.find", "ResourceOwner.find", "FlowStore.consume"]
  },
  {
    endpoint: "deny",
    prepare: decide(Web.deny),
    good: 303,
    verbs: ["FlowStore.find", "SessionStore.find", "ResourceOwner.find", "FlowStore.consume"]
  }
]

const breakDuring = (
  prepare: Case["prepare"],
  verb: string,
  how: Breakage,
  headers: Web.Sent["headers"] = {}
) => {
  const broken = new Broken()
  const lines: Array<Logged> = []
  return Effect.gen(function* () {
    const { request, send } = yield* prepare(yield* Server.send)
    broken.verb = verb
    broken.how = how
    const answer = yield* send({ ...request, headers: { ...request.headers, ...headers } })
    broken.verb = undefined
    const afterwards = yield* send(request)
    return { answer, afterwards, lines }
  }).pipe(Effect.provide(server(broken, lines)))
}

const all = cases.flatMap(({ endpoint, good, prepare, verbs }) =>
  verbs.map((verb) => ({ name: `${endpoint}: ${verb}`, good, prepare, verb }))
)

describe("RFC 6749 §4.1.2.1 a store that cannot answer", () => {
  for (const { good, name, prepare, verb } of all) {
    it.effect(`is told as temporarily_unavailable, and nothing is lost: ${name}`, () =>
      Effect.gen(function* () {
        const { afterwards, answer, lines } = yield* breakDuring(prepare, verb, "fails")
        assert.strictEqual(answer.status, 503)
        assert.deepStrictEqual(Server.json(answer), {
          error: "temporarily_unavailable",
          error_description: "The server cannot reach its storage; try again"
        })
        assert.strictEqual(answer.headers["retry-after"], "5")
        assert.strictEqual(answer.headers["cache-control"], "no-store")
        assert.isUndefined(answer.headers["www-authenticate"])
        assert.isUndefined(answer.headers.location)
        assert.isUndefined(answer.headers["set-cookie"])
        assert.strictEqual(afterwards.status, good, afterwards.body)

        assert.deepStrictEqual(
          lines.map((line) => line.message),
          [`${verb} failed`]
        )
        assert.include(String(lines[0]?.annotations.cause), secretCause)
      })
    )
  }

  it.effect("is told to a person as a page, without what went wrong", () =>
    Effect.gen(function* () {
      const { answer } = yield* breakDuring(signIn, "FlowStore.find", "fails", html)
      assert.strictEqual(answer.status, 503)
      assert.strictEqual(answer.headers["retry-after"], "5")
      assert.strictEqual(Web.title(answer.body), "This does not work now")
      assert.notInclude(answer.body, "postgres")
    })
  )
})

describe("an outage between the yes and its code", () => {
  // The yes is taken once, in one store, and the code is stored in another: better
  // that the person starts again than that one yes gives two codes.
  for (const verb of ["ClientStore.find", "GrantStore.authorize"]) {
    it.effect(`gives no code, then or later: ${verb}`, () =>
      Effect.gen(function* () {
        const { afterwards, answer } = yield* breakDuring(decide(Web.approve), verb, "fails")
        assert.strictEqual(answer.status, 503)
        assert.isUndefined(answer.headers.location)
        assert.strictEqual(afterwards.status, 400)
        assert.include(afterwards.body, "This page has been answered")
        assert.isUndefined(afterwards.headers.location)
      })
    )
  }
})

const incidentOf = (text: string) => /incident ([\w-]{22})(?![\w-])/.exec(text)?.[1]

describe("a defect", () => {
  for (const { good, name, prepare, verb } of all) {
    it.effect(`is told as server_error with an incident, and nothing else: ${name}`, () =>
      Effect.gen(function* () {
        const { afterwards, answer, lines } = yield* breakDuring(prepare, verb, "dies")
        assert.strictEqual(answer.status, 500)
        const { error, error_description, ...others } = Server.json(answer)
        assert.strictEqual(error, "server_error")
        const incident = incidentOf(String(error_description))
        assert.strictEqual(error_description, `Something went wrong; incident ${incident}`)
        assert.deepStrictEqual(others, {})
        assert.strictEqual(answer.headers["cache-control"], "no-store")
        assert.isUndefined(answer.headers.location)
        assert.isUndefined(answer.headers["set-cookie"])
        assert.strictEqual(afterwards.status, good, afterwards.body)

        assert.lengthOf(lines, 1)
        assert.strictEqual(lines[0]?.annotations.incident, incident)
        assert.include(lines[0]?.cause, secretCause)
      })
    )
  }

  it.effect("is the same if a store throws", () =>
    Effect.gen(function* () {
      const { answer, lines } = yield* breakDuring(clientCredentials, "ClientStore.find", "throws")
      assert.strictEqual(answer.status, 500)
      assert.strictEqual(Server.json(answer).error, "server_error")
      assert.notInclude(answer.body, "postgres")
      assert.include(lines[0]?.cause, secretCause)
    })
  )

  it.effect("is told to a person as a page with the incident", () =>
    Effect.gen(function* () {
      const { answer, lines } = yield* breakDuring(authorize, "ClientStore.find", "dies", html)
      assert.strictEqual(answer.status, 500)
      assert.strictEqual(Web.title(answer.body), "This does not work now")
      assert.strictEqual(incidentOf(answer.body), lines[0]?.annotations.incident)
      assert.notInclude(answer.body, "postgres")
      assert.notInclude(answer.body, "Error:")
    })
  )

  it.effect("has another incident each time", () =>
    Effect.gen(function* () {
      const one = yield* breakDuring(clientCredentials, "ClientStore.find", "dies")
      const other = yield* breakDuring(clientCredentials, "ClientStore.find", "dies")
      assert.notStrictEqual(incidentOf(one.answer.body), incidentOf(other.answer.body))
    })
  )
})

describe("a server that was told to be unavailable", () => {
  const endpoints: ReadonlyArray<Web.Sent> = [
    { path: "/authorize", query: Web.encode(Web.authorizationRequest) },
    Web.form("/authorize", Web.authorizationRequest),
    Web.form("/authorize/sign-in", Web.ada),
    Web.form("/authorize/consent", Web.approve),
    Web.form("/token", { grant_type: "client_credentials" }, Server.basic("service")),
    Web.form("/introspect", { token: "x" }, Server.basic("service")),
    Web.form("/revoke", { token: "x" }, Server.basic("service")),
    { path: "/.well-known/oauth-authorization-server" }
  ]

  for (const sent of endpoints) {
    it.effect(`says so: ${sent.method ?? "GET"} ${sent.path}`, () => {
      let available = false
      return Effect.gen(function* () {
        const send = yield* Server.send
        const answer = yield* send(sent)
        assert.strictEqual(answer.status, 503)
        assert.deepStrictEqual(Server.json(answer), {
          error: "temporarily_unavailable",
          error_description: "The server is not available now; try again"
        })
        assert.strictEqual(answer.headers["retry-after"], "60")
        assert.strictEqual(answer.headers["cache-control"], "no-store")
        assert.isUndefined(answer.headers.location)
        available = true
        assert.notStrictEqual((yield* send(sent)).status, 503)
      }).pipe(Effect.provide(Server.layer({ available: Effect.sync(() => available) })))
    })
  }

  it.effect("still tells a wrong method, and TLS that is missing, as what they are", () =>
    Effect.gen(function* () {
      const send = yield* Web.toFetchHandler("http://auth.example.com")
      assert.strictEqual((yield* send({ path: "/token" })).status, 405)
      assert.include((yield* send(Web.form("/token", {}))).body, "TLS is required")
    }).pipe(
      Effect.provide(Server.layer({ issuer: "https://auth.example.com", available: Effect.succeed(false) }))
    )
  )
})

describe("RFC 6749 §5.2 error_uri", () => {
  const errorUri = (error: string) => `https://auth.example.com/errors/${error}`

  it.effect("comes with every error, where the configuration has one", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      assert.strictEqual(
        Server.json(yield* send(Web.form("/token", {}))).error_uri,
        errorUri("invalid_request")
      )
      const query = Web.encode({ ...Web.authorizationRequest, scope: "unknown" })
      const { headers } = yield* send({ path: "/authorize", query })
      assert.strictEqual(
        new URL(headers.location ?? "").searchParams.get("error_uri"),
        errorUri("invalid_scope")
      )
    }).pipe(Effect.provide(Server.layer({ errorUri })))
  )

  it.effect("one that dies of every error is an incident, without a page", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const answer = yield* send(Web.form("/token", { grant_type: "client_credentials" }))
      assert.strictEqual(answer.status, 500)
      const body = Server.json(answer)
      assert.isString(incidentOf(String(body.error_description)))
      assert.notProperty(body, "error_uri")
    }).pipe(
      Effect.provide(
        Server.layer({
          errorUri: (error) => {
            throw new Error(`no page about ${error}`)
          }
        })
      )
    )
  )

  it.effect("one that dies of an error is an incident, and is answered", () =>
    Effect.gen(function* () {
      const send = yield* Server.send
      const answer = yield* send(Web.form("/token", { grant_type: "client_credentials" }))
      assert.strictEqual(answer.status, 500)
      assert.isString(incidentOf(String(Server.json(answer).error_description)))
    }).pipe(
      Effect.provide(
        Server.layer({
          errorUri: (error) => {
            if (error !== "server_error") throw new Error(`no page about ${error}`)
            return errorUri(error)
          }
        })
      )
    )
  )
})

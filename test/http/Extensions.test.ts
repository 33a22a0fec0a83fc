import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { Storage } from "effect-oauth"
import { Extensions, type HttpMessage, InteractionPages, OAuthHandler } from "effect-oauth/http"
import { People, Server, send } from "../support/TestServer.ts"

/** Endpoints that say which extension answers, and metadata that says it too. */
const extension = (name: Name, ...paths: ReadonlyArray<string>): Extensions.Extension => ({
  endpoints: paths.map((path) => ({
    path,
    methods: ["GET"],
    audience: "program",
    crossOrigin: false,
    handle: () => Effect.succeed<HttpMessage.HttpResponse>({ status: 200, headers: {}, body: name })
  })),
  metadata: Effect.succeed({ ...members[name], subject_types_supported: [name] })
})

const members = {
  one: { jwks_uri: "https://one.example.com" },
  other: { userinfo_endpoint: "https://other.example.com" },
  third: {}
}

type Name = keyof typeof members

const one = Extensions.layer([extension("one", "/one", "/both")])
const other = Extensions.layer([extension("other", "/other", "/both")])

const broken: Extensions.Extension = {
  endpoints: [
    {
      path: "/broken",
      methods: ["GET"],
      audience: "program",
      crossOrigin: false,
      handle: () => {
        throw new Error("no program")
      }
    }
  ],
  metadata: Effect.succeed({})
}

const get = (path: string): HttpMessage.HttpRequest => ({
  method: "GET",
  path,
  query: "",
  header: () => undefined,
  body: Effect.succeed(new Uint8Array()),
  remoteAddress: undefined,
  encrypted: true
})

const served = (extensions: Layer.Layer<never>) =>
  OAuthHandler.layer.pipe(
    Layer.provide(extensions),
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(Server),
    Layer.provide(People),
    Layer.provideMerge(Storage.layerMemory)
  )

const answer = (path: string) => Effect.map(send({ path }), ({ body }) => body)

const metadata = Effect.map(send({ path: "/.well-known/oauth-authorization-server" }), (response) =>
  response.json()
)

describe("Extensions.layer", () => {
  for (const [how, extensions] of [
    ["in one Layer", Extensions.layer([extension("one", "/one"), extension("other", "/other")])],
    ["side by side", Layer.merge(one, other)],
    ["side by side, the other way round", Layer.merge(other, one)],
    ["one on the other", Layer.provideMerge(one, other)],
    ["the other on the one", Layer.provideMerge(other, one)],
    [
      "three of them, two on one",
      Layer.merge(Extensions.layer([extension("one", "/one")]), other).pipe(
        Layer.provideMerge(Extensions.layer([extension("third")]))
      )
    ]
  ] as const) {
    it.effect(`installs all extensions: ${how}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* answer("/one"), "one")
        assert.strictEqual(yield* answer("/other"), "other")
        assert.include(yield* metadata, { ...members.one, ...members.other })
      }).pipe(Effect.provide(served(extensions)))
    )
  }

  for (const [above, extensions] of [
    ["one", Layer.provideMerge(one, other)],
    ["other", Layer.provideMerge(other, one)]
  ] as const) {
    it.effect(`at one path the upper one answers: ${above}`, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* answer("/both"), above)
        assert.deepStrictEqual((yield* metadata).subject_types_supported, [above])
      }).pipe(Effect.provide(served(extensions)))
    )
  }

  it.effect("an endpoint that throws, and makes no program, is an incident of its request", () =>
    Effect.gen(function* () {
      const { handle } = yield* OAuthHandler.OAuthHandler
      const program = handle(get("/broken"))
      assert.isDefined(program)
      const { body, status } = yield* program ?? Effect.die("not found")
      assert.strictEqual(status, 500)
      assert.include(body, "server_error")
    }).pipe(
      Effect.provide(served(Extensions.layer([broken]))),
      Effect.provideService(References.MinimumLogLevel, "None")
    )
  )

  it.effect("a server has those that were provided to it, and no others", () =>
    Effect.gen(function* () {
      const { handle } = yield* OAuthHandler.OAuthHandler
      for (const path of ["/one", "/other", "/both"]) {
        assert.isUndefined(handle(get(path)))
      }
      assert.notProperty(yield* metadata, "jwks_uri")
    }).pipe(Effect.provide(served(Layer.empty)))
  )
})

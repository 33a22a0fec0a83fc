/** The line that an operator reads when a setting is bad, without a process for each. */

import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Layer, Logger } from "effect"
import * as Clients from "../../examples/standalone/Clients.ts"
import * as Settings from "../../examples/standalone/Settings.ts"
import * as Users from "../../examples/standalone/Users.ts"

const settingsOf = (env: Record<string, string>) =>
  Settings.read.pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })))

/** What is said of a file, whose content is JSON unless it is text. */
const sayOf = (setting: "CLIENTS_FILE" | "USERS_FILE", content: unknown) => {
  const text = typeof content === "string" ? content : JSON.stringify(content)
  const read = Effect.flatMap(
    settingsOf({ [setting]: "the.json" }),
    (settings): Effect.Effect<unknown, { readonly message: string }, FileSystem.FileSystem> =>
      setting === "CLIENTS_FILE" ? Clients.read(settings) : Effect.scoped(Layer.build(Users.layer(settings)))
  )
  return Effect.flip(read).pipe(
    Effect.map(({ message }) => message),
    Effect.provide(FileSystem.layerNoop({ readFileString: () => Effect.succeed(text) }))
  )
}

describe("the environment", () => {
  const cases: ReadonlyArray<readonly [env: Record<string, string>, message: string]> = [
    [{ PORT: "abc" }, "PORT: Expected an integer"],
    [{ PORT: "1.5" }, "PORT: Expected an integer"],
    [{ PORT: "70000" }, "PORT: Expected a value between 0 and 65535"],
    [{ PORT: "-1" }, "PORT: Expected a value between 0 and 65535"],
    [{ REQUIRE_PKCE: "maybe" }, `REQUIRE_PKCE: Expected "all" | "public"`],
    [{ CODE_TTL: "soon" }, "CODE_TTL: Expected a valid Duration string"],
    [{ REFRESH_GRACE: "30" }, "REFRESH_GRACE: Expected a valid Duration string"]
  ]

  it.effect.each(cases)("%j", ([env, message]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(settingsOf(env))
      expect(error.message).toBe(message)
    })
  )

  it.effect("takes what is empty for what is not set", () =>
    Effect.gen(function* () {
      const settings = yield* settingsOf({ PORT: "", HOST: "", REQUIRE_PKCE: "" })
      expect(settings).toMatchObject({ port: 9000, host: "127.0.0.1", requirePkce: "all" })
    })
  )
})

describe("CLIENTS_FILE", () => {
  const client = { client_id: "a", redirect_uris: ["https://client.example/callback"] }

  const cases: ReadonlyArray<readonly [content: unknown, message: string]> = [
    [`[\n{ "client_secret": "hush" "scope" }]`, "the.json is not JSON at position 28 (line 2 column 27)"],
    [`[{ "client_secret": "hush", oops }]`, "the.json is not JSON at position 28 (line 1 column 29)"],
    [client, "the.json is not an array of objects: Expected array"],
    [[client, "b"], "the.json is not an array of objects: [1]: Expected object"],
    [[{ client_name: "A" }], "client 1: client_id: Missing key"],
    [[client, client], `client 2 ("a"): client_id: another client has it`],
    [[{ ...client, redirect_uris: "x" }], `client 1 ("a"): redirect_uris: Expected array`],
    [[{ ...client, redirect_uris: [1] }], `client 1 ("a"): redirect_uris[0]: Expected string`],
    [
      [client, { client_id: "b", redirect_uris: ["https://b.example/", "http://b.example/"] }],
      `client 2 ("b"): redirect_uris[1] "http://b.example/": The redirect URI uses http on a host that is not loopback`
    ],
    [
      [{ ...client, client_secret: "" }],
      `client 1 ("a"): client_secret: Expected a value with a length of at least 1`
    ],
    [
      [{ ...client, token_endpoint_auth_method: "client_secret_basic" }],
      `client 1 ("a"): client_secret: is needed for client_secret_basic`
    ],
    [
      [{ ...client, client_secret: "hush", token_endpoint_auth_method: "none" }],
      `client 1 ("a"): client_secret: is of no use to none`
    ],
    [
      [{ ...client, token_endpoint_auth_method: "private_key_jwt" }],
      `client 1 ("a"): token_endpoint_auth_method: is not one of none, client_secret_basic, client_secret_post`
    ]
  ]

  it.effect.each(cases)("%j", ([content, message]) =>
    Effect.gen(function* () {
      expect(yield* sayOf("CLIENTS_FILE", content)).toBe(`CLIENTS_FILE: ${message}`)
    })
  )
})

describe("the example files", () => {
  const settings = settingsOf({
    CLIENTS_FILE: "examples/standalone/clients.example.json",
    USERS_FILE: "examples/standalone/users.example.json"
  })

  it.effect("are good", () =>
    Effect.gen(function* () {
      const clients = yield* Clients.read(yield* settings)
      expect(clients.map((client) => [client.clientId, client.tokenEndpointAuthMethod])).toEqual([
        ["spa", "none"],
        ["web", "client_secret_basic"],
        ["reports", "client_secret_basic"],
        ["api", "client_secret_basic"]
      ])
      yield* Layer.build(Users.layer(yield* settings))
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer))
  )
})

describe("USERS_FILE", () => {
  const user = { sub: "1", username: "ada", password: "lovelace" }

  const cases: ReadonlyArray<readonly [content: unknown, message: string]> = [
    ["[", "the.json is not JSON"],
    [user, "the.json is not an array of objects: Expected array"],
    [[{ ...user, password: 12 }], `user 1 ("ada"): password: Expected string`],
    [[{ username: "ada", password: "lovelace" }], `user 1 ("ada"): sub: Missing key`],
    [[user, { ...user, sub: "2" }], `user 2 ("ada"): username: another user has it`],
    [[user, { ...user, username: "b" }], `user 2 ("b"): sub: another user has it`]
  ]

  it.effect.each(cases)("%j", ([content, message]) =>
    Effect.gen(function* () {
      expect(yield* sayOf("USERS_FILE", content)).toBe(`USERS_FILE: ${message}`)
    })
  )
})

describe("CLIENTS_FILE, the warnings", () => {
  const warningsOf = (client: Record<string, unknown>, env: Record<string, string> = {}) =>
    Effect.gen(function* () {
      const warnings: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => {
        if (logLevel === "Warn") warnings.push(String(message))
      })
      const text = JSON.stringify([{ client_id: "rp", client_secret: "rp-secret", ...client }])
      const settings = yield* settingsOf({ CLIENTS_FILE: "the.json", ...env })
      yield* Clients.read(settings).pipe(
        Effect.provide(FileSystem.layerNoop({ readFileString: () => Effect.succeed(text) })),
        Effect.provide(Logger.layer([logger]))
      )
      return warnings
    })

  const loopback = {
    redirect_uris: ["https://rp.example/cb", "http://127.0.0.1/cb", "https://localhost/cb"],
    grant_types: ["authorization_code", "implicit"],
    response_types: ["code", "id_token", "code id_token", "id_token token"]
  }

  it.effect("name the redirect URIs to which the server will send no ID token", () =>
    Effect.gen(function* () {
      const because = `is of no use to the response types "id_token", "id_token token": they go to https only, and not to localhost, unless "application_type" is "native"`
      expect(yield* warningsOf(loopback)).toEqual([
        `CLIENTS_FILE: client 1 ("rp"): redirect_uris[1] "http://127.0.0.1/cb" ${because}`,
        `CLIENTS_FILE: client 1 ("rp"): redirect_uris[2] "https://localhost/cb" ${because}`
      ])
    })
  )

  it.effect.each([
    ["native", { ...loopback, application_type: "native" }, {}],
    ["http is let", loopback, { ALLOW_HTTP: "true" }],
    ["with a code", { ...loopback, response_types: ["code", "code id_token", "code token"] }, {}]
  ] as const)("there are none: %s", ([, client, env]) =>
    Effect.gen(function* () {
      expect(yield* warningsOf(client, env)).toEqual([])
    })
  )
})

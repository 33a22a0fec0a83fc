/** Nothing that lets somebody in is in the database: not what a client got, nor what a browser or a person has. */
import { Effect, Redacted } from "effect"
import { Client, ClientStore } from "effect-oauth"
import { describe, expect, it, vi } from "vitest"
import { makeBrowser, person } from "../standalone/support/Browser.ts"
import {
  authorizationUrl,
  confidential,
  getCode,
  introspect,
  post,
  redeem,
  refresh
} from "../standalone/support/Http.ts"
import { patience } from "../standalone/support/StandaloneServer.ts"
import { describeWith, postgres, redis } from "../support/Services.ts"
import { type Backend, secret, withPostgres, withRedis, withSqlite } from "./support/Backend.ts"
import { find, spellings } from "./support/Secrets.ts"
import { type Servers, withServers } from "./support/Servers.ts"

vi.setConfig({ testTimeout: 5 * patience })

/** Goes through everything, and gives all the secrets that somebody has then. */
const useEverything = async ({ next }: Servers, { clients }: Backend) => {
  await Effect.runPromise(
    Effect.flatMap(ClientStore.ClientStore, (store) =>
      store.put(
        Client.make({
          client_id: "registered",
          client_secret: Redacted.make(confidential.secret),
          grant_types: ["client_credentials"]
        })
      )
    ).pipe(Effect.provide(clients))
  )
  const browser = makeBrowser()
  const code = await getCode(browser, next(), { state: "the-state" })
  const redeemed = await redeem(next(), code)
  const refreshed = await refresh(next(), redeemed.body.refresh_token)
  const refreshedAgain = await refresh(next(), refreshed.body.refresh_token)
  const own = await post(`${next()}/token`, { grant_type: "client_credentials" })
  const unused = await getCode(browser, next())
  // A page that nobody has answered yet, and one of a browser in which nobody signed in.
  await browser.open(authorizationUrl(next(), { prompt: "login" }).url)
  await makeBrowser().open(authorizationUrl(next()).url)
  const seen = await introspect(next(), refreshedAgain.body.access_token)
  expect(seen.body.active).toBe(true)

  const secrets = new Map<string, string>([
    ["client secret", confidential.secret],
    ["password", person.password],
    ["OAUTH_SECRET", secret]
  ])
  const add = (name: string, text: unknown) => {
    expect(text).toBeTypeOf("string")
    secrets.set(name, String(text))
    // Signed and structured ones have parts, of which the long ones matter; a family's name is no secret.
    const parts = String(text).split(/[.~|]/)
    for (const [index, part] of parts.entries()) {
      const isFamily = name.startsWith("refresh token") && index === 1
      if (parts.length > 1 && part.length >= 16 && !isFamily) secrets.set(`${name}, part ${index}`, part)
    }
  }
  for (const [name, { body }] of Object.entries({ redeemed, refreshed, refreshedAgain })) {
    add(`access token ${name}`, body.access_token)
    add(`refresh token ${name}`, body.refresh_token)
  }
  add("access token of a client", own.body.access_token)
  for (const [name, { code: text, verifier }] of Object.entries({ used: code, unused })) {
    add(`code ${name}`, text)
    add(`verifier ${name}`, verifier)
  }
  for (const [index, text] of Array.from(browser.secrets).entries()) add(`browser's ${index}`, text)
  expect(browser.secrets.size).toBeGreaterThanOrEqual(4)
  return secrets
}

const isClean = (withBackend: (use: (backend: Backend) => Promise<void>) => Promise<void>) => {
  it("has no secret that a client, a browser or a person knows", () =>
    withBackend((backend) =>
      withServers(backend, {}, async (servers) => {
        const secrets = await useEverything(servers, backend)
        const places = await backend.dump()
        const everything = Array.from(places.values()).join("\n")
        console.info(`${secrets.size} secrets, ${places.size} places, ${everything.length} characters`)
        expect(find(secrets, places)).toEqual([])
        // It did look at where they would be.
        for (const known of ["the-state", "demo-confidential", "registered"]) {
          expect(everything).toContain(known)
        }

        // And it would have found one.
        const [name, text] = Array.from(secrets).find(([name]) => name === "access token redeemed") ?? []
        await backend.plant(JSON.stringify({ forgotten: text }))
        expect(find(secrets, await backend.dump())).toEqual(
          expect.arrayContaining([expect.stringMatching(`^${name} in `)])
        )
      })
    ))
}

describe("what is stored", async () => {
  // @covers rfc6749-10.3-a rfc6749-10.4-a
  // @covers oidc-core-16.4-a
  describe("with SQLite", () => isClean(withSqlite))
  await describeWith(postgres, (url) => isClean((use) => withPostgres(url, use)))
  await describeWith(redis, (url) => isClean((use) => withRedis(url, use)))
})

describe("the search", () => {
  const text = "q9-0_sEcReT.of/some+length~"
  const embedded = Buffer.from(`{"token":"${text}"}`)

  it.each([
    ["plain", text],
    ["in base64", Buffer.from(text).toString("base64")],
    ["in base64url", Buffer.from(text).toString("base64url")],
    ["in base64, inside of something", embedded.toString("base64")],
    ["in hexadecimal", Buffer.from(text).toString("hex")],
    ["in capital hexadecimal", embedded.toString("hex").toUpperCase()]
  ])("finds a secret %s", (_, content) => {
    expect(find(new Map([["it", text]]), new Map([["here", `before ${content} after`]]))).toEqual([
      "it in here"
    ])
  })

  it("finds the bytes that a secret stands for", () => {
    const bytes = Buffer.alloc(32, "some bytes")
    const token = bytes.toString("base64url")
    expect(spellings(token)).toContain(bytes.toString("hex"))
  })

  it("finds nothing else", () => {
    expect(find(new Map([["it", text]]), new Map([["here", text.slice(1)]]))).toEqual([])
  })
})

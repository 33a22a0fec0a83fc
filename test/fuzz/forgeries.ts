/**
 * Whatever the server takes for a JWT of its own, it has issued: the seeds are
 * genuine, or what others have forged JWTs with.
 */
import assert from "node:assert/strict"
import { createHmac } from "node:crypto"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import { IdTokenHint, type Jwt, LogoutToken, SigningKeys } from "effect-oauth"
import { Flows, Wire } from "effect-oauth/testing"
import { type House, openOpenId, ours, people, resourceServer } from "../laws/support/House.ts"
import { site, spa, world } from "../laws/support/Site.ts"
import * as Keys from "../support/Keys.ts"
import type { Target } from "./targets.ts"

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

const signed = (input: string, signature: Uint8Array) =>
  `${input}.${Buffer.from(signature).toString("base64url")}`

/** What others were taken in by (RFC 8725 §2.1). */
const forgedFrom = Effect.fnUntraced(function* (genuine: string) {
  const [header = "", payload = ""] = genuine.split(".")
  const { alg, kid, typ } = JSON.parse(Buffer.from(header, "base64url").toString())
  const { publicJwk } = Keys.rs256
  const symmetric = `${part({ alg: "HS256", typ, kid })}.${payload}`
  const embedded = `${part({ alg: "RS256", typ, kid, jwk: Keys.ofNobody.publicJwk })}.${payload}`
  const encode = (text: string) => new TextEncoder().encode(text)
  return [
    `${part({ alg: "none", typ, kid })}.${payload}.`,
    `${header}.${payload}.`,
    signed(symmetric, createHmac("sha256", JSON.stringify(publicJwk)).update(symmetric).digest()),
    signed(embedded, yield* Keys.ofNobody.sign(encode(embedded))),
    signed(`${header}.${payload}`, yield* Keys.ofNobody.sign(encode(`${header}.${payload}`))),
    // CVE-2022-21449
    signed(`${header}.${payload}`, new Uint8Array(64)),
    genuine.replace(payload, part({ ...claimsOf(genuine), sub: "root" })),
    genuine.replace(header, part({ alg, typ: "JWT", kid }))
  ]
})

const claimsOf = (jwt: string): Jwt.Claims =>
  JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString())

// Of the signature, base64url leaves some bits of the last character to anybody.
const bytesOf = (jwt: string): string => {
  const [header, payload, signature = ""] = jwt.split(".")
  return `${header}.${payload}.${Buffer.from(signature, "base64url").toString("hex")}`
}

const provider = {
  ...world,
  openId: { offersOfflineAccess: true, accessTokens: "JWT", asksToSignOut: "everybody" }
} as const

/** The targets over a server; ours, or one that is broken. */
export const forgeries = async (house: House = ours): Promise<ReadonlyArray<Target>> => {
  const runtime = ManagedRuntime.make(openOpenId(provider, house))
  const parameters = { scope: "openid read" }
  const issued = await runtime.runPromise(
    Effect.gen(function* () {
      const first = yield* Flows.signIn({ client: spa, person: people[0], parameters })
      const second = yield* Flows.signIn({ client: site, person: people[1], parameters })
      const keys = yield* SigningKeys.SigningKeys
      const other = (algorithm: Jwt.SigningAlgorithm, type: string) =>
        keys.sign({ algorithm, type, claims: { iss: "https://auth.example.com", sub: "ada", aud: "spa" } })
      return {
        idTokens: [first.idToken ?? "", second.idToken ?? ""],
        accessTokens: [first.accessToken, second.accessToken],
        others: [yield* other("ES256", LogoutToken.type), yield* other("EdDSA", "JWT")]
      }
    })
  )
  const { accessTokens, idTokens, others } = issued
  const all = [...idTokens, ...accessTokens, ...others]
  const genuine = new Set(all.map(bytesOf))
  const forged = await runtime.runPromise(Effect.forEach(all, forgedFrom))
  const seeds = [...all, ...forged.flat()]
  const typeOf = (jwt: string): unknown =>
    JSON.parse(Buffer.from(jwt.split(".")[0] ?? "", "base64url").toString()).typ

  return [
    {
      name: "JWT that is verified",
      seeds,
      cost: 10,
      run: (text) =>
        runtime.runPromise(
          Effect.gen(function* () {
            const keys = yield* SigningKeys.SigningKeys
            for (const type of ["JWT", "at+jwt", LogoutToken.type]) {
              const claims = yield* keys.verify(text, { type })
              if (Option.isNone(claims)) continue
              assert.ok(genuine.has(bytesOf(text)), "nobody has issued it")
              assert.equal(typeOf(text), type)
              assert.deepEqual(claims.value, claimsOf(text))
            }
          })
        )
    },
    {
      name: "id_token_hint",
      seeds,
      cost: 10,
      run: (text) =>
        runtime.runPromise(
          Effect.gen(function* () {
            const hinted = yield* Effect.result(IdTokenHint.verify(spa.client, text))
            if (Result.isFailure(hinted)) return
            assert.equal(bytesOf(text), bytesOf(idTokens[0] ?? ""), "it is no ID token of this client")
          })
        )
    },
    {
      name: "JWT access token",
      seeds,
      cost: 10,
      run: (text) =>
        runtime.runPromise(
          Effect.gen(function* () {
            const { send } = yield* Wire.Wire
            // What is stored is the hash of all of it.
            const isGood = accessTokens.includes(text)
            const said = yield* Effect.result(Flows.introspect(resourceServer, text))
            assert.equal(
              Result.isSuccess(said) && said.success.active,
              isGood || text === "" ? isGood : false
            )
            const { status } = yield* send({
              path: "/userinfo",
              headers: { authorization: `Bearer ${text}` }
            })
            assert.equal(status === 200, isGood)
          })
        )
    }
  ]
}

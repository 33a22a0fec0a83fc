import { randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { SigningKeys, Storage } from "effect-oauth"
import { NodePrivateKeys } from "effect-oauth/node"
import { compactVerify, createLocalJWKSet } from "jose"
import { PrivateKeys } from "../../src/services/PrivateKeys.ts"

const Keys = SigningKeys.layer({ algorithms: ["ES256", "RS256", "PS256", "EdDSA"] }).pipe(
  Layer.provide(NodePrivateKeys.layer),
  Layer.provide(Storage.layerMemory)
)

describe("RFC 7518 §3.4 ES256 with Node's crypto", () => {
  it.effect("jose verifies 2,000 signatures over random messages, short integers among them", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const published = yield* keys.published
      const find = createLocalJWKSet({ keys: Array.from(published.keys) })
      let padded = 0
      for (let i = 0; i < 2000; i++) {
        const claims = { jti: randomBytes(1 + (i % 64)).toString("base64url") }
        const jwt = yield* keys.sign({ algorithm: "ES256", type: "JWT", claims })
        const { payload } = yield* Effect.promise(() => compactVerify(jwt, find))
        assert.deepStrictEqual(JSON.parse(new TextDecoder().decode(payload)), claims)
        const signature = Buffer.from(jwt.split(".")[2] ?? "", "base64url")
        assert.strictEqual(signature.length, 64)
        if (signature[0] === 0 || signature[32] === 0) padded++
      }
      // One in 128 has an r or an s that starts with a zero: none in 2,000 would be no chance.
      assert.isAbove(padded, 0)
    }).pipe(Effect.provide(Keys))
  )

  it.effect("the other algorithms are signed as well", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      for (const algorithm of keys.algorithms) {
        const jwt = yield* keys.sign({ algorithm, type: "JWT", claims: { sub: "u-1" } })
        assert.isTrue((yield* keys.verify(jwt, { type: "JWT" }))._tag === "Some", algorithm)
      }
    }).pipe(Effect.provide(Keys))
  )

  // The vector of RFC 7515 Appendix A.3 has the key; the signature is not deterministic.
  it.effect("signs with the key of RFC 7515 §A.3, so that its public half verifies", () =>
    Effect.gen(function* () {
      const publicJwk = {
        kty: "EC",
        crv: "P-256",
        x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
      }
      const { load } = yield* PrivateKeys
      const sign = yield* load(
        "ES256",
        Redacted.make({ ...publicJwk, d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI" })
      )
      const input = `${btoa(`{"alg":"ES256"}`)}.cGF5bG9hZA`
      const signature = yield* sign(new TextEncoder().encode(input))
      const jws = `${input}.${Buffer.from(signature).toString("base64url")}`
      yield* Effect.promise(() => compactVerify(jws, publicJwk, { algorithms: ["ES256"] }))
    }).pipe(Effect.provide(NodePrivateKeys.layer))
  )

  it.effect("signs when all programs of a turn have come as far, one after another", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const order: Array<string> = []
      const signing = (name: string) =>
        Effect.gen(function* () {
          order.push(`${name} asks`)
          yield* keys.sign({ algorithm: "ES256", type: "JWT", claims: { sub: name } })
          order.push(`${name} is signed`)
        })
      yield* Effect.all([signing("a"), signing("b")], { concurrency: "unbounded" })
      assert.deepStrictEqual(order, ["a asks", "b asks", "a is signed", "b is signed"])
    }).pipe(Effect.provide(Keys))
  )
})

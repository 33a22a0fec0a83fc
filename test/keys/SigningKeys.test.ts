import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { type Jwt, SigningKeys, Storage } from "effect-oauth"
import { createLocalJWKSet, jwtVerify } from "jose"

const algorithms = ["ES256", "RS256", "PS256", "EdDSA"] as const satisfies SigningKeys.Service["algorithms"]

const all = SigningKeys.layer({ algorithms }).pipe(Layer.provide(Storage.layerMemory))
const claims: Jwt.Claims = { iss: "https://auth.example.com", sub: "u-1", roles: ["a", "b"] }

describe("RFC 7515 §5.1 a JWT of every algorithm", () => {
  for (const algorithm of algorithms) {
    it.effect(`${algorithm}: verifies against the JWK Set, by whoever reads it`, () =>
      Effect.gen(function* () {
        const keys = yield* SigningKeys.SigningKeys
        const jwt = yield* keys.sign({ algorithm, type: "JWT", claims })
        const published = yield* keys.published
        const verified = yield* Effect.promise(() =>
          jwtVerify(jwt, createLocalJWKSet({ keys: Array.from(published.keys) }))
        )
        assert.deepStrictEqual<unknown>(verified.payload, claims)
        const kid = published.keys.find(({ alg }) => alg === algorithm)?.kid
        assert.deepStrictEqual<unknown>(verified.protectedHeader, { alg: algorithm, typ: "JWT", kid })
        assert.deepStrictEqual(yield* keys.verify(jwt, { type: "JWT" }), Option.some(claims))
        assert.deepStrictEqual(yield* keys.verify(jwt, { type: "at+jwt" }), Option.none())
      }).pipe(Effect.provide(all))
    )
  }
})

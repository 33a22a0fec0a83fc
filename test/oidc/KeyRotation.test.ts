import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { SigningKeys } from "effect-oauth"
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose"
import * as TestServer from "../support/TestServer.ts"
import { at, flow, Provider, refresh, text } from "./support/Provider.ts"

const jwkSet = Effect.map(
  TestServer.send({ path: at("/jwks") }),
  ({ body }): JSONWebKeySet => JSON.parse(body)
)

/** Whether a relying party that has fetched this JWK Set can verify an ID token. */
const verifies = Effect.fnUntraced(function* (idToken: unknown, keys: JSONWebKeySet) {
  const currentDate = new Date(yield* Effect.clockWith((clock) => clock.currentTimeMillis))
  yield* Effect.promise(() => jwtVerify(text(idToken), createLocalJWKSet(keys), { currentDate }))
})

describe("OpenID Connect Core §10.1.1 the signing key changes in the middle of a session", () => {
  // @covers oidc-core-10.1.1-a oidc-core-10.2.1-c
  it.effect("and nobody is signed out, nor gets a token that cannot be verified", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const rotation = yield* SigningKeys.KeyRotation
      const first = yield* flow({ scope: "openid offline_access" })
      const cached = yield* jwkSet
      yield* verifies(first.tokens.id_token, cached)

      yield* rotation.rotate("RS256")
      // Whoever may still use the old JWK Set can verify what is signed now.
      yield* TestClock.adjust(Duration.subtract(keys.cacheFor, Duration.seconds(1)))
      const second = (yield* refresh(first.tokens.refresh_token)).json()
      yield* verifies(second.id_token, cached)

      const fetched = yield* jwkSet
      yield* TestClock.adjust("10 minutes")
      const third = (yield* refresh(second.refresh_token)).json()
      const kid = (idToken: unknown) => decodeProtectedHeader(text(idToken)).kid
      assert.strictEqual(kid(second.id_token), kid(first.tokens.id_token))
      assert.notStrictEqual(kid(third.id_token), kid(first.tokens.id_token))
      yield* verifies(third.id_token, fetched)

      // The person is still signed in, and known by the ID token of the old key.
      const hint = { prompt: "none", id_token_hint: text(first.tokens.id_token) }
      const silent = yield* flow(hint, first.browser)
      assert.isFalse(silent.signedIn || silent.consented)
    }).pipe(Effect.provide(Provider))
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { OpenIdConnect, SigningKeys, Storage } from "effect-oauth"
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose"
import * as TestServer from "../support/TestServer.ts"
import { at, flow, keys, People, Provider, refresh, server, text } from "./support/Provider.ts"

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

  // @covers oidc-rpinitiated-2-i
  it.effect("as it does every 90 days, and an ID token is good as a hint for as long as the session is", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust(Duration.subtract(Duration.days(90), Duration.seconds(1)))
      const first = yield* flow({ scope: "openid offline_access" })
      // Sessions last for 12 hours, and the key stops signing in between.
      yield* TestClock.adjust(Duration.subtract(Duration.hours(12), Duration.seconds(1)))
      const later = (yield* refresh(first.tokens.refresh_token)).json()
      const kid = (idToken: unknown) => decodeProtectedHeader(text(idToken)).kid
      assert.notStrictEqual(kid(later.id_token), kid(first.tokens.id_token))
      const hint = { prompt: "none", id_token_hint: text(first.tokens.id_token) }
      const silent = yield* flow(hint, first.browser)
      assert.isFalse(silent.signedIn || silent.consented)
    }).pipe(Effect.provide(Provider))
  )

  it.effect("so that no session lasts for longer than the key is published: the server does not start", () =>
    Effect.gen(function* () {
      const build = (session: Duration.Input) =>
        server({ lifetimes: { session } }).pipe(
          Layer.provide(OpenIdConnect.layer()),
          Layer.provide(Layer.mergeAll(keys, People)),
          Layer.provide(Storage.layerMemory),
          Layer.build,
          Effect.scoped
        )
      yield* build("1 day")
      const error = yield* Effect.flip(build("25 hours"))
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.strictEqual(
        error.message,
        "lifetimes.session: is longer than the tokenLifetime of the signing keys"
      )
    })
  )
})

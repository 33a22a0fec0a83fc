import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  authorize,
  Browser,
  goThrough,
  isConsentPage,
  Provider,
  text,
  verifyIdToken,
  visit
} from "../oidc/support/Provider.ts"
import { redirectOf, s256 } from "../support/Flow.ts"

layer(Provider)("RFC 6749 §10.2, RFC 8252 §8.6 who has said yes before", (it) => {
  // @covers rfc6749-10.2-f rfc8252-8.6-a rfc8252-8.6-b
  it.effect("is asked again, unless the client wants nothing to be shown", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* visit(browser)
      assert.isTrue(isConsentPage(yield* authorize(browser)))
      assert.isString((yield* visit(browser, { prompt: "none" })).response.code)
    })
  )

  // @covers rfc6749-10.2-f rfc8252-8.6-a rfc8252-8.6-b
  it.effect("has not said it to an app that any other may pretend to be", () =>
    Effect.gen(function* () {
      const native = { ...s256, client_id: "rp-native", redirect_uri: "http://127.0.0.1:51004/callback" }
      const browser = new Browser()
      const { answer } = yield* goThrough(browser, yield* authorize(browser, native))
      assert.property(redirectOf(answer).query, "code")
      const silent = redirectOf(yield* authorize(browser, { ...native, prompt: "none" }))
      assert.strictEqual(silent.query.error, "consent_required")
      assert.notProperty(silent.query, "code")
    })
  )
})

layer(Provider)("RFC 9207 §2.4 an ID token from the authorization endpoint", (it) => {
  // @covers rfc9207-2.4-l
  it.effect("names the same issuer as the answer that it came in", () =>
    Effect.gen(function* () {
      const { response } = yield* visit(new Browser(), { response_type: "code id_token" })
      const { iss } = yield* verifyIdToken(response.id_token)
      assert.strictEqual(iss, text(response.iss))
    })
  )
})

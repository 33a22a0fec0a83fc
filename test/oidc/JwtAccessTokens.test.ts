import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { JwtAccessTokens, OpenIdConnect, ServerConfig, Storage } from "effect-oauth"
import { decodeJwt } from "jose"
import {
  acr,
  Browser,
  clients,
  exchange,
  flow,
  issuer,
  keys,
  options,
  People,
  refresh,
  server,
  text,
  visit
} from "./support/Provider.ts"

const tokens = JwtAccessTokens.layer({
  claims: () => Effect.succeed({ acr: "of the application", amr: ["of the application"], level: 3 })
}).pipe(Layer.provide(ServerConfig.layer({ issuer }, [])))

const Provider = server().pipe(
  Layer.provideMerge(tokens),
  Layer.provideMerge(OpenIdConnect.layer(options)),
  Layer.provideMerge(Layer.mergeAll(keys, People)),
  Layer.provideMerge(Storage.layerMemoryWith({ clients }))
)

layer(Provider)("RFC 9068 §2.2.1 authentication information claims", (it) => {
  const told = (token: unknown) => {
    const { acr, amr, auth_time, level } = decodeJwt(text(token))
    return { acr, amr, auth_time, level }
  }

  it.effect("are those of the ID token, and stay the same when the token is refreshed", () =>
    Effect.gen(function* () {
      const { tokens } = yield* flow({ scope: "openid offline_access" })
      const { auth_time } = decodeJwt(text(tokens.id_token))
      const expected = { acr, amr: ["pwd"], auth_time, level: 3 }
      assert.deepStrictEqual(told(tokens.access_token), expected)
      yield* TestClock.adjust("1 hour")
      const later = (yield* refresh(tokens.refresh_token)).json()
      assert.deepStrictEqual(told(later.access_token), expected)
    })
  )

  it.effect("are the application's to say where the request was plain OAuth", () =>
    Effect.gen(function* () {
      const { response } = yield* visit(new Browser(), { scope: "read" })
      const tokens = (yield* exchange(text(response.code))).json()
      assert.notProperty(tokens, "id_token")
      const { acr, amr } = told(tokens.access_token)
      assert.deepStrictEqual([acr, amr], ["of the application", ["of the application"]])
    })
  )
})

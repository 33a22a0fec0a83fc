/** A configuration that does not vary, and what its clients and people hold. */
import * as Effect from "effect/Effect"
import { Browser, Flows, TestClient } from "effect-oauth/testing"
import type { Held } from "./Garbage.ts"
import { people, resourceServer, type World } from "./House.ts"
import { mustWork } from "./Law.ts"

export const site = TestClient.make({
  client_id: "site",
  client_secret: "a secret of the site",
  redirect_uris: ["https://site.example/callback"],
  grant_types: ["authorization_code", "refresh_token", "client_credentials", "password"],
  post_logout_redirect_uris: ["https://site.example/signed-out"],
  scope: "openid offline_access read write"
})

export const spa = TestClient.make({
  client_id: "spa",
  token_endpoint_auth_method: "none",
  redirect_uris: ["https://spa.example/callback"],
  grant_types: ["authorization_code", "refresh_token", "implicit"],
  response_types: ["code", "code token", "code id_token token", "none"],
  post_logout_redirect_uris: ["https://spa.example/signed-out"],
  scope: "openid offline_access read"
})

export const world: World = {
  scopes: ["read", "write"],
  clients: [site, spa, resourceServer],
  openId: { offersOfflineAccess: true, accessTokens: "opaque", asksToSignOut: "whom no hint names" },
  settings: { code: 60, accessToken: 600, refreshToken: 1200, grace: 30, replays: 64, session: 3600 }
}

/** A code that nobody redeemed, tokens, and a page that waits in a browser. */
export const hold = Effect.gen(function* () {
  const visit = {
    client: spa,
    person: people[0],
    parameters: { scope: "openid offline_access read" }
  }
  const tokens = yield* Flows.signIn(visit)
  const code = yield* Flows.authorizationCode(visit)
  const browser = new Browser.Browser()
  const page = yield* browser.open("/authorize", Flows.authorizationRequest(spa))
  const held: Held = {
    "{code}": code,
    "{access}": tokens.accessToken,
    "{refresh}": tokens.refreshToken ?? "",
    "{id_token}": tokens.idToken ?? "",
    "{interaction}": Browser.formOf(page)?.fields.interaction ?? "",
    "{browser}": browser.cookies.get("__Host-oauth-browser") ?? "",
    "{basic}": btoa("site:a+secret+of+the+site")
  }
  return held
}).pipe(mustWork("what everybody holds"))

/** What the measurement needs to have been made before: codes in the store, and somebody who is signed in. */

import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect-oauth/protocol/Scope"
import * as Secret from "effect-oauth/protocol/Secret"
import * as GrantStore from "effect-oauth/storage/GrantStore"
import { client, person, pkce, scope } from "../facts.ts"
import { benchClient } from "./assembly.ts"

type Store = GrantStore.GrantStore["Service"]

export const mintCodes = (store: Store, count: number) =>
  Effect.runPromise(Effect.forEach(Array.from({ length: count }), () => mintCode(store), { concurrency: 16 }))

const mintCode = Effect.fnUntraced(function* (store: Store) {
  const code = randomBytes(32).toString("base64url")
  const now = Date.now()
  yield* store.authorize(
    {
      id: GrantStore.GrantId(randomBytes(16).toString("base64url")),
      clientId: benchClient.clientId,
      subject: person.subject,
      username: person.username,
      scope: Scope.fromTokens([scope]),
      createdAt: now,
      authenticatedAt: now
    },
    {
      code: {
        hash: Secret.hash(Redacted.make(code)),
        redirectUri: client.redirectUri,
        redirectUriGiven: true,
        codeChallenge: { challenge: pkce.challenge, method: "S256" },
        extensions: {},
        issuedAt: now,
        expiresAt: now + 3600_000
      }
    }
  )
  return code
})

/** Signs in like a browser, with the forms of the pages. */
export const signIn = async (port: number): Promise<string> => {
  const origin = `http://127.0.0.1:${port}`
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope,
    code_challenge: pkce.challenge,
    code_challenge_method: "S256"
  })
  const asked = await fetch(`${origin}/authorize?${query}`)
  const browser = cookieOf(asked)
  const interaction = /name="interaction" value="([^"]+)"/.exec(await asked.text())?.[1] ?? ""
  const signedIn = await fetch(`${origin}/authorize/sign-in`, {
    method: "POST",
    headers: { cookie: browser },
    body: new URLSearchParams({ interaction, username: person.username, password: person.password })
  })
  await signedIn.arrayBuffer()
  return `${browser}; ${cookieOf(signedIn)}`
}

const cookieOf = (response: Response): string => {
  const [cookie] = response.headers.getSetCookie()
  if (cookie === undefined) throw new Error(`no cookie came with the ${response.status}`)
  return cookie.split(";")[0] ?? ""
}

/**
 * A relying party: it knows what the server publishes, its own registration, and
 * what it asked for. It verifies with `jose`, and hashes with WebCrypto.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { TestClient } from "effect-oauth/testing"
import { Wire } from "effect-oauth/testing"
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose"
import type { HeldIdToken } from "./History.ts"
import { idTokenLifetime } from "./House.ts"

/** The JWK Set as it is published now. */
export const fetchJwkSet = Effect.gen(function* () {
  const { send } = yield* Wire.Wire
  const { body } = yield* send({ path: "/jwks" })
  const jwkSet: JSONWebKeySet = JSON.parse(body)
  return jwkSet
})

const algorithmOf = ({ client }: TestClient.TestClient) => client.idTokenSignedResponseAlg ?? "RS256"

/** OpenID Connect Core §3.1.3.7, as far as it is about the signature, and for whom and by whom it is. */
export const verify = Effect.fnUntraced(function* (
  jwkSet: JSONWebKeySet,
  client: TestClient.TestClient,
  jwt: string,
  now: number,
  type = "JWT"
) {
  const { issuer } = yield* Wire.Wire
  return yield* Effect.result(
    Effect.tryPromise(async () => {
      const { payload } = await jwtVerify(jwt, createLocalJWKSet(jwkSet), {
        algorithms: [algorithmOf(client)],
        typ: type,
        issuer,
        audience: client.client.clientId,
        currentDate: new Date(now)
      })
      return payload
    })
  )
})

const halfHash = (client: TestClient.TestClient, text: string) =>
  Effect.promise(async () => {
    const hash = algorithmOf(client) === "EdDSA" ? "SHA-512" : "SHA-256"
    const digest = Buffer.from(await crypto.subtle.digest(hash, new TextEncoder().encode(text)))
    return digest.subarray(0, digest.length / 2).toString("base64url")
  })

const seconds = (millis: number) => Math.floor(millis / 1000)

/** What is wrong with an ID token, for who asked for it; `undefined` if nothing is. */
export const refuses = Effect.fnUntraced(function* (jwkSet: JSONWebKeySet, idToken: HeldIdToken) {
  const { accessToken, asked, client, code, from, receivedAt, text } = idToken
  const verified = yield* verify(jwkSet, client, text, receivedAt)
  if (Result.isFailure(verified)) return `it does not verify: ${verified.failure.cause}`
  const claims = verified.success
  const issuedAt = claims.iat ?? Number.NaN
  if (!(issuedAt <= seconds(receivedAt))) return `it is of a time to come, ${issuedAt}`
  if (claims.exp !== issuedAt + idTokenLifetime) return `it is good until ${claims.exp}`
  if (claims.azp !== client.client.clientId) return `azp is ${claims.azp}`
  // §12.2: an ID token of a refresh "SHOULD NOT have a nonce Claim"
  const nonce = from === "refresh token" ? undefined : asked.nonce
  if (claims.nonce !== nonce) return `nonce is ${claims.nonce}, and not ${nonce}`

  const startedAt = asked.session?.startedAt ?? Number.NaN
  if (claims.auth_time !== seconds(startedAt)) return `auth_time is ${claims.auth_time}, and not ${startedAt}`
  if (asked.maxAge !== undefined && asked.issuedAt - startedAt > asked.maxAge * 1000) {
    return `the person signed in more than ${asked.maxAge} seconds before, at ${startedAt}`
  }

  // §3.1.3.6, §3.3.2.11, and for s_hash Financial-grade API Part 2 §5.1
  const state = from === "authorization" ? asked.state : undefined
  for (const [name, vouchedFor] of [
    ["at_hash", accessToken],
    ["c_hash", code],
    ["s_hash", state]
  ] as const) {
    const hash = vouchedFor === undefined ? undefined : yield* halfHash(client, vouchedFor)
    if (claims[name] !== hash) return `${name} is ${claims[name]}, and not ${hash}`
  }
  return undefined
})

/** A claim of a JWT that somebody else verifies. */
export const claimOf = (jwt: string, name: string): unknown => {
  const claims: JWTPayload = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString())
  return claims[name]
}

import * as Effect from "effect/Effect"
import type { Jwt, SigningKeys } from "effect-oauth"
import * as Keys from "../../support/Keys.ts"
import type { House } from "../support/House.ts"

type Signed = Parameters<SigningKeys.Service["sign"]>[0]

const signs = (change: (jwt: Signed) => Signed): House => ({
  keys: (keys) => ({ ...keys, sign: (jwt) => keys.sign(jwt.type === "JWT" ? change(jwt) : jwt) })
})

const says = (change: (claims: Jwt.Claims) => Jwt.Claims): House =>
  signs((jwt) => ({ ...jwt, claims: change(jwt.claims) }))

const without = (name: string): House => says(({ [name]: _, ...claims }) => claims)

/** Signs with a key that nobody publishes, under the name of one that is. */
export const signsWithAnotherKey: House = {
  keys: (keys) => ({
    ...keys,
    sign: ({ claims, type }) => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")
      const input = `${part({ alg: "RS256", typ: type, kid: Keys.rs256.publicJwk.kid })}.${part(claims)}`
      return Effect.map(
        Keys.ofNobody.sign(new TextEncoder().encode(input)),
        (signature) => `${input}.${Buffer.from(signature).toString("base64url")}`
      )
    }
  })
}

/** Signs as it likes, whatever the client registered. */
export const ignoresTheAlgorithm = signs((jwt) => ({ ...jwt, algorithm: "RS256" }))

export const isForEverybody = says((claims) => ({ ...claims, aud: "everybody" }))

/** Says the nonce of a request before. */
export const repeatsANonce = (): House => {
  let before: Jwt.Claims[string] | undefined
  return says((claims) => {
    const { nonce = null } = claims
    const said = before ?? nonce
    before = nonce
    return { ...claims, nonce: said }
  })
}

export const vouchesForNoAccessToken = without("at_hash")
export const vouchesForNoCode = without("c_hash")
export const vouchesForNoState = without("s_hash")

const shift = (name: "iat" | "exp") => says((claims) => ({ ...claims, [name]: Number(claims[name]) + 1 }))

export const isOfTheFuture = shift("iat")
export const lastsTooLong = shift("exp")

/** Says that everybody has just signed in. */
export const forgetsWhen = says((claims) => ({ ...claims, auth_time: Number(claims.iat) }))

/** Gives every session a name for each client. */
export const namesSessionsByClient = says((claims) => ({ ...claims, sid: `${claims.sid} ${claims.aud}` }))

/** Does not ask anybody to sign in again. */
export const overlooksMaxAge: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => handler.handle({ ...request, query: request.query.replace(/&max_age=\d+/, "") })
  })
}

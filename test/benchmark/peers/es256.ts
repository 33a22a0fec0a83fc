/** For peers that leave signing with ES256 to their users: with jose, as anybody would do it. */
import { generateKeyPair, type JWTPayload, SignJWT } from "jose"
import { resource } from "../facts.ts"

const { privateKey } = await generateKeyPair("ES256")

export const sign = (claims: JWTPayload): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "at+jwt", kid: "1" }).sign(privateKey)

/** RFC 9068 §2.2 */
export const signAccessToken = (token: {
  readonly subject: string
  readonly clientId: string
  readonly scope: string
  readonly lifetime: number
}): Promise<string> => {
  const now = Math.floor(Date.now() / 1000)
  return sign({
    iss: "http://localhost:9000",
    exp: now + token.lifetime,
    aud: resource,
    sub: token.subject,
    client_id: token.clientId,
    iat: now,
    jti: crypto.randomUUID(),
    scope: token.scope
  })
}

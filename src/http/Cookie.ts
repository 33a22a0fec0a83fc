/**
 * Our cookies: each holds a secret of 256 bits and a tag which shows that this
 * server made it, so that garbage is refused without a look at the store. Stores
 * keep the hash of the secret.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Secret from "../protocol/Secret.ts"
import type { SecretKey } from "../services/SecretKeys.ts"
import type { HttpRequest } from "./HttpMessage.ts"

/**
 * A cookie's name. On an `https` issuer it has the `__Host-` prefix, which keeps
 * other hosts of the domain from setting it (RFC 6265bis §4.1.3.2).
 *
 * @category constructors
 * @since 0.1.0
 */
export const name = (issuer: string, base: string): string =>
  issuer.startsWith("https:") ? `__Host-${base}` : base

/**
 * The value of a `Set-Cookie` header. `SameSite=Lax`: it has to come along when a
 * client sends the person here, and only then.
 *
 * @category encoding
 * @since 0.1.0
 */
export const set = (
  name: string,
  secret: Redacted.Redacted<string>,
  options: { readonly key: SecretKey; readonly issuer: string; readonly maximumAge: Duration.Duration }
): string => {
  const value = `${options.key.id}.${Redacted.value(secret)}.${tag(options.key, name, secret)}`
  const secure = options.issuer.startsWith("https:") ? "; Secure" : ""
  const seconds = Math.floor(Duration.toSeconds(options.maximumAge))
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}

/**
 * The value of a `Set-Cookie` header that makes the browser forget a cookie
 * (RFC 6265 §4.1.2.2).
 *
 * @category encoding
 * @since 0.1.0
 */
export const clear = (name: string, issuer: string): string =>
  `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax${issuer.startsWith("https:") ? "; Secure" : ""}`

/**
 * The secret in a request's cookie; `None` if there is no such cookie, or it is
 * none of ours.
 *
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  request: HttpRequest,
  name: string,
  keys: ReadonlyArray<SecretKey>
): Option.Option<Redacted.Redacted<string>> => {
  const prefix = `${name}=`
  const value = request
    .header("cookie")
    ?.split(/; */)
    .find((pair) => pair.startsWith(prefix))
    ?.slice(prefix.length)
  const [, keyId, text, given] = /^([\w-]{8})\.([\w-]{43})\.([\w-]{43})$/.exec(value ?? "") ?? []
  const key = keys.find((key) => key.id === keyId)
  if (key === undefined || text === undefined || given === undefined) return Option.none()
  const secret = Redacted.make(text)
  return Secret.timingSafeEqual(tag(key, name, secret), given) ? Option.some(secret) : Option.none()
}

const tag = (key: SecretKey, name: string, secret: Redacted.Redacted<string>) =>
  Secret.hmacSha256Base64Url(key.cookie, `${name}=${Redacted.value(secret)}`)

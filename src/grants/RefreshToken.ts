/**
 * The text of a refresh token, and the chain that a family's tokens form.
 *
 * A token is `keyId.family.generation.secret.tag`. The tag proves that this
 * server made it, so that garbage is refused without a look at the store and
 * nobody can revoke a family by guessing its name. The successor's secret is an
 * HMAC of its parent's: the same parent always has the same child, which is what
 * lets a client whose answer got lost ask again.
 *
 * A store keeps only hashes, so that a stolen database has no token in it, and
 * with the key neither. A stolen key together with a stolen token yields every
 * later token of that family.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Secret from "../protocol/Secret.ts"
import type { SecretKey } from "../services/SecretKeys.ts"
import { FamilyId } from "../storage/GrantStore.ts"

/**
 * A refresh token whose tag is good.
 *
 * @category models
 * @since 0.1.0
 */
export interface RefreshToken {
  readonly family: FamilyId
  readonly generation: number
  /** The whole text, as the client holds it. */
  readonly text: Redacted.Redacted<string>
}

/**
 * The first token of a family.
 *
 * @category constructors
 * @since 0.1.0
 */
export const first = (key: SecretKey, family: FamilyId, secret: Redacted.Redacted<string>): RefreshToken =>
  make(key, family, 0, Redacted.value(secret))

/**
 * The one token that may follow a token, under a key.
 *
 * @category combinators
 * @since 0.1.0
 */
export const successor = (key: SecretKey, parent: RefreshToken): RefreshToken =>
  make(key, parent.family, parent.generation + 1, mac(key, "next", bodyOf(parent)))

const make = (key: SecretKey, family: FamilyId, generation: number, secret: string): RefreshToken => {
  const body = `${family}.${generation}.${secret}`
  return {
    family,
    generation,
    text: Redacted.make(`${key.id}.${body}.${tagOf(key, body)}`, { label: "refresh_token" })
  }
}

// What a token says, between its key's identifier and its tag.
const format = /^([\w-]{8})\.(([\w-]{22})\.(0|[1-9]\d{0,9})\.[\w-]{43})\.([\w-]{24})$/
const bodyOf = ({ text }: RefreshToken): string => Redacted.value(text).slice(9, -25)

/**
 * Reads what a client presents as a refresh token. `None` if this server never
 * made it, or made it with a key that it no longer has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (
  keys: ReadonlyArray<SecretKey>,
  text: Redacted.Redacted<string>
): Option.Option<RefreshToken> => {
  const [, keyId, body, family, generation, tag] = format.exec(Redacted.value(text)) ?? []
  const key = keys.find((key) => key.id === keyId)
  if (key === undefined || body === undefined || family === undefined || tag === undefined)
    return Option.none()
  return Secret.timingSafeEqual(tagOf(key, body), tag)
    ? Option.some({ family: FamilyId(family), generation: Number(generation), text })
    : Option.none()
}

// 144 bits
const tagOf = (key: SecretKey, body: string): string => mac(key, "tag", body).slice(0, 24)

const mac = (key: SecretKey, purpose: "next" | "tag", body: string): string =>
  Secret.hmacSha256Base64Url(key.refreshFamily, `${purpose}.${body}`)

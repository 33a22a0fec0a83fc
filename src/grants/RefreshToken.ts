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
 * A refresh token whose tag is good. Its text lives in a private field.
 *
 * @category models
 * @since 0.1.0
 */
export class RefreshToken {
  readonly family: FamilyId
  readonly generation: number
  readonly #text: string

  constructor(family: FamilyId, generation: number, text: string) {
    this.family = family
    this.generation = generation
    this.#text = text
  }

  /** The whole text, as the client holds it. */
  get text(): Redacted.Redacted<string> {
    return Redacted.make(this.#text, { label: "refresh_token" })
  }

  /** What a store keeps of it. */
  get hash(): Secret.SecretHash {
    return Secret.hashText(this.#text)
  }

  /** The one token that may follow it, under a key. */
  successor(key: SecretKey): RefreshToken {
    return make(key, this.family, this.generation + 1, mac(key, "next", this.#text.slice(9, -25)))
  }
}

/**
 * The first token of a family.
 *
 * @category constructors
 * @since 0.1.0
 */
export const first = (key: SecretKey, family: FamilyId, secret: Redacted.Redacted<string>): RefreshToken =>
  make(key, family, 0, Redacted.value(secret))

const make = (key: SecretKey, family: FamilyId, generation: number, secret: string): RefreshToken => {
  const body = `${family}.${generation}.${secret}`
  return new RefreshToken(family, generation, `${key.id}.${body}.${tagOf(key, body)}`)
}

// What a token says, between its key's identifier and its tag.
const format = /^([\w-]{8})\.(([\w-]{22})\.(0|[1-9]\d{0,9})\.[\w-]{43})\.([\w-]{24})$/

/**
 * Reads what a client presents as a refresh token. `None` if this server never
 * made it, or made it with a key that it no longer has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (keys: ReadonlyArray<SecretKey>, text: string): Option.Option<RefreshToken> => {
  const [, keyId, body, family, generation, tag] = format.exec(text) ?? []
  const key = keys.find((key) => key.id === keyId)
  if (key === undefined || body === undefined || family === undefined || tag === undefined)
    return Option.none()
  return Secret.timingSafeEqual(tagOf(key, body), tag)
    ? Option.some(new RefreshToken(FamilyId(family), Number(generation), text))
    : Option.none()
}

// 144 bits
const tagOf = (key: SecretKey, body: string): string => mac(key, "tag", body).slice(0, 24)

const mac = (key: SecretKey, purpose: "next" | "tag", body: string): string =>
  Secret.hmacSha256Base64Url(key.refreshFamily, `${purpose}.${body}`)

/**
 * What `jose` does here. Loaded only where keys are installed.
 */

import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { decodeProtectedHeader } from "jose/decode/protected_header"
import { compactDecrypt } from "jose/jwe/compact/decrypt"
import { CompactEncrypt } from "jose/jwe/compact/encrypt"
import { calculateJwkThumbprint } from "jose/jwk/thumbprint"
import { compactVerify } from "jose/jws/compact/verify"
import { exportJWK } from "jose/key/export"
import { generateKeyPair } from "jose/key/generate/keypair"
import { PrivateJwk, PublicJwk } from "../../protocol/Jwk.ts"
import { type Claims, SigningAlgorithm } from "../../protocol/Jwt.ts"
import type { SecretKey } from "../SecretKeys.ts"

const decodePublic = Schema.decodeUnknownSync(PublicJwk)
const decodePrivate = Schema.decodeUnknownSync(PrivateJwk)

export interface KeyPair {
  readonly publicJwk: PublicJwk
  readonly privateJwk: Redacted.Redacted<PrivateJwk>
}

/** A new key, whose `kid` is its thumbprint (RFC 7638). */
export const generate = (algorithm: SigningAlgorithm): Effect.Effect<KeyPair> =>
  Effect.promise(async () => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
    const jwk = await exportJWK(privateKey)
    const kid = await calculateJwkThumbprint(jwk)
    return {
      publicJwk: decodePublic({ ...jwk, kid, alg: algorithm, use: "sig" }),
      privateJwk: Redacted.make(decodePrivate(jwk), { label: "private key" })
    }
  })

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * Encrypts a private key for the store: a JWE (RFC 7516) whose `kid` says which
 * of the server's own keys opens it.
 */
export const seal = (key: SecretKey, privateJwk: Redacted.Redacted<PrivateJwk>): Effect.Effect<string> =>
  Effect.promise(() =>
    new CompactEncrypt(encoder.encode(JSON.stringify(Redacted.value(privateJwk))))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: key.id })
      .encrypt(Redacted.value(key.signingKeys))
  )

/** Opens what one of the keys has sealed. */
export const open = (
  keys: ReadonlyArray<SecretKey>,
  sealed: string
): Effect.Effect<Option.Option<Redacted.Redacted<PrivateJwk>>> =>
  Effect.tryPromise(async () => {
    const { plaintext } = await compactDecrypt(
      sealed,
      ({ kid }) => {
        const key = keys.find(({ id }) => id === kid)
        if (key === undefined) throw new Error("The key that opens it is not known")
        return Redacted.value(key.signingKeys)
      },
      { keyManagementAlgorithms: ["dir"], contentEncryptionAlgorithms: ["A256GCM"] }
    )
    return Redacted.make(decodePrivate(JSON.parse(decoder.decode(plaintext))), { label: "private key" })
  }).pipe(Effect.option)

// No token that the server makes comes near.
const maximumLength = 16 * 1024

const Header = Schema.Struct({ alg: SigningAlgorithm, kid: Schema.String, typ: Schema.String })

const decodeHeader = Schema.decodeUnknownOption(Header)

/** The header of a JWT, as far as its key is found by it; `None` if no key of this server's could have signed it. */
export const readHeader = (jwt: string): Option.Option<typeof Header.Type> =>
  jwt.length > maximumLength
    ? Option.none()
    : Option.flatMap(Option.liftThrowable(() => decodeProtectedHeader(jwt))(), (header) =>
        decodeHeader(header)
      )

const decodeClaims = Schema.decodeUnknownSync(Schema.Record(Schema.String, Schema.Json))

/** The claims of a JWT that the key has signed, with its algorithm and no other (RFC 8725 §3.1). */
export const verify = (jwt: string, key: PublicJwk): Effect.Effect<Option.Option<Claims>> =>
  Effect.tryPromise(async () => {
    const { payload } = await compactVerify(jwt, key, { algorithms: [key.alg] })
    return decodeClaims(JSON.parse(decoder.decode(payload)))
  }).pipe(Effect.option)

/**
 * Keys to sign with, made once for the process: an RSA key takes longer than a
 * whole flow.
 */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Jwk, type Signer } from "effect-oauth"

const signer = (
  alg: "RS256" | "ES256" | "EdDSA",
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
): Signer.Signer => ({
  publicJwk: Schema.decodeUnknownSync(Jwk.PublicJwk)({
    ...publicKey.export({ format: "jwk" }),
    kid: `a key of ${alg}`,
    alg,
    use: "sig"
  }),
  sign: (input) =>
    Effect.sync(() =>
      sign(alg === "EdDSA" ? null : "sha256", input, { key: privateKey, dsaEncoding: "ieee-p1363" })
    )
})

export const rs256 = signer("RS256", generateKeyPairSync("rsa", { modulusLength: 2048 }))
export const es256 = signer("ES256", generateKeyPairSync("ec", { namedCurve: "P-256" }))
export const edDsa = signer("EdDSA", generateKeyPairSync("ed25519"))

/** One that is nowhere published, though its `kid` is. */
export const ofNobody = signer("RS256", generateKeyPairSync("rsa", { modulusLength: 2048 }))

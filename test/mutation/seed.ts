/** What is drawn is the same in every run: a mutant that died is to stay dead. */
import * as Arbitrary from "effect/Arbitrary"

Arbitrary.configureGlobal({ check: { seed: "mutation" } })

// An RSA key takes longer than all else that a test does: there is a supply of them, from `main.ts`.
const supply = process.env.MUTATION_RSA_KEYS?.split(" ") ?? []
let taken = 0

const { generateKey } = SubtleCrypto.prototype
const { subtle } = crypto

const takeKeyPair = async (algorithm: RsaHashedKeyGenParams): Promise<CryptoKeyPair> => {
  const bytes = Buffer.from(supply[taken++ % supply.length] ?? "", "base64url")
  const privateKey = await subtle.importKey("pkcs8", bytes, algorithm, true, ["sign"])
  const { e = "", kty = "", n = "" } = await subtle.exportKey("jwk", privateKey)
  return { privateKey, publicKey: await subtle.importKey("jwk", { kty, n, e }, algorithm, true, ["verify"]) }
}

Object.defineProperty(subtle, "generateKey", {
  configurable: true,
  value: (...args: readonly [RsaHashedKeyGenParams, boolean, ReadonlyArray<KeyUsage>]) =>
    supply.length > 0 && "modulusLength" in args[0]
      ? takeKeyPair(args[0])
      : Reflect.apply(generateKey, subtle, args)
})

import { execFileSync } from "node:child_process"
import process from "node:process"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import {
  Jwk,
  type Jwt,
  KeyStore,
  MemoryKeyStore,
  SecretKeys,
  type Signer,
  SigningKeys,
  Storage,
  StorageError
} from "effect-oauth"
import {
  CompactEncrypt,
  CompactSign,
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  jwtVerify
} from "jose"
import * as Jose from "../../src/services/internal/Jose.ts"
import { runs } from "../support/Runs.ts"

const algorithms = ["ES256", "RS256", "PS256", "EdDSA"] as const satisfies SigningKeys.Service["algorithms"]

const all = SigningKeys.layer({ algorithms }).pipe(Layer.provide(Storage.layerMemory))
const claims: Jwt.Claims = { iss: "https://auth.example.com", sub: "u-1", roles: ["a", "b"] }

describe("RFC 7515 §5.1 a JWT of every algorithm", () => {
  for (const algorithm of algorithms) {
    // @covers oidc-core-2-v oidc-core-10.1-b oidc-core-10.1-c oidc-core-10.1-d
    it.effect(`${algorithm}: verifies against the JWK Set, by whoever reads it`, () =>
      Effect.gen(function* () {
        const keys = yield* SigningKeys.SigningKeys
        const jwt = yield* keys.sign({ algorithm, type: "JWT", claims })
        const published = yield* keys.published
        const verified = yield* Effect.promise(() =>
          jwtVerify(jwt, createLocalJWKSet({ keys: Array.from(published.keys) }))
        )
        assert.deepStrictEqual<unknown>(verified.payload, claims)
        const kid = published.keys.find(({ alg }) => alg === algorithm)?.kid
        assert.deepStrictEqual<unknown>(verified.protectedHeader, { alg: algorithm, typ: "JWT", kid })
        assert.deepStrictEqual(yield* keys.verify(jwt, { type: "JWT" }), Option.some(claims))
        assert.deepStrictEqual(yield* keys.verify(jwt, { type: "at+jwt" }), Option.none())
      }).pipe(Effect.provide(all))
    )
  }
})

const onlyEs256 = SigningKeys.layer().pipe(Layer.provide(Storage.layerMemory))

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url")

describe("RFC 8725 what verify is not deceived by", () => {
  const keysAndToken = Effect.gen(function* () {
    const keys = yield* SigningKeys.SigningKeys
    const jwt = yield* keys.sign({ algorithm: "ES256", type: "JWT", claims })
    const [header = "", payload = "", signature = ""] = jwt.split(".")
    const { keys: published } = yield* keys.published
    const keyOf = (algorithm: Jwt.SigningAlgorithm) => {
      const key = published.find(({ alg }) => alg === algorithm)
      if (key === undefined) throw new Error(`no key of ${algorithm}`)
      return key
    }
    return { keys, jwt, header, payload, signature, keyOf }
  })

  it.effect("forged, foreign, malformed, and oversized ones are nobody's", () =>
    Effect.gen(function* () {
      const { header, jwt, keyOf, keys, payload, signature } = yield* keysAndToken
      const es256 = keyOf("ES256")
      const rs256 = keyOf("RS256")
      const typ = "JWT"
      const foreign = yield* Effect.promise(() => generateKeyPair("ES256"))
      const sign = (header: Record<string, unknown>, key: Parameters<CompactSign["sign"]>[0]) =>
        Effect.promise(() =>
          new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
            .setProtectedHeader({ alg: "ES256", typ, ...header })
            .sign(key)
        )
      const hmacKey = new TextEncoder().encode(JSON.stringify(rs256))
      const nested = "[".repeat(4000) + "]".repeat(4000)
      const bad: Record<string, string> = {
        "another signature": `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
        "another payload": `${header}.${base64url({ ...claims, sub: "u-2" })}.${signature}`,
        "no signature": `${header}.${payload}.`,
        "alg none (§2.1)": `${base64url({ alg: "none", typ, kid: es256.kid })}.${payload}.`,
        "alg nONE": `${base64url({ alg: "nONE", typ, kid: es256.kid })}.${payload}.`,
        "no alg": `${base64url({ typ, kid: es256.kid })}.${payload}.${signature}`,
        "HS256 with the public key (§2.1)": yield* sign({ alg: "HS256", kid: rs256.kid }, hmacKey),
        "the algorithm of another key (§3.1)": `${base64url({ alg: "ES256", typ, kid: rs256.kid })}.${payload}.${signature}`,
        "another key under our kid": yield* sign({ kid: es256.kid }, foreign.privateKey),
        "a key that nobody knows": yield* sign({ kid: "unknown" }, foreign.privateKey),
        "no kid": yield* sign({}, foreign.privateKey),
        "a key that it brings along (§2.10)": yield* sign(
          { jwk: yield* Effect.promise(() => exportJWK(foreign.publicKey)) },
          foreign.privateKey
        ),
        "a kid that is no text": `${base64url({ alg: "ES256", typ, kid: 1 })}.${payload}.${signature}`,
        "a header that must be understood": `${base64url({ alg: "ES256", typ, kid: es256.kid, crit: ["b64"], b64: false })}.${payload}.${signature}`,
        nothing: "",
        dots: "..",
        "two parts": `${header}.${payload}`,
        "four parts": `${jwt}.${signature}`,
        "five parts, like a JWE": `${jwt}.${signature}.${signature}`,
        "a header that is no JSON": `${Buffer.from("{").toString("base64url")}.${payload}.${signature}`,
        "a header that is no object": `${base64url([])}.${payload}.${signature}`,
        "deeply nested": `${Buffer.from(`{"alg":"ES256","typ":"JWT","kid":${nested}}`).toString("base64url")}.${payload}.${signature}`,
        "not base64url": `${header}.${payload}.%%%`,
        "not ASCII": `${header}.é${payload}.${signature}`,
        "white space": ` ${jwt}`,
        "more than 16 KiB": `${jwt}${"A".repeat(16 * 1024)}`
      }
      for (const [name, jwt] of Object.entries(bad)) {
        assert.deepStrictEqual(yield* keys.verify(jwt, { type: typ }), Option.none(), name)
      }
      assert.deepStrictEqual(yield* keys.verify(jwt, { type: typ }), Option.some(claims))
    }).pipe(Effect.provide(all))
  )

  const anything = Schema.Union([Schema.String, Schema.Json])

  it.effect.prop(
    "whatever is in the parts of a JWT, verify says None, and never anything worse",
    {
      header: Arbitrary.schema(anything),
      payload: Arbitrary.schema(anything),
      rest: Arbitrary.schema(Schema.String)
    },
    ({ header, payload, rest }) =>
      Effect.gen(function* () {
        const { jwt, keyOf, keys } = yield* keysAndToken
        const { kid } = keyOf("ES256")
        const ours = { alg: "ES256", typ: "JWT", kid }
        const members = typeof header === "object" && header !== null ? header : {}
        for (const text of [
          rest,
          `${jwt}${rest}.`,
          `${base64url(header)}.${base64url(payload)}.${rest}`,
          `${base64url({ ...members, ...ours })}.${base64url(payload)}.${base64url(rest)}`,
          `${base64url({ ...ours, ...members, typ: "JWT" })}.${base64url(payload)}.${jwt.split(".")[2]}`
        ]) {
          assert.deepStrictEqual(yield* keys.verify(text, { type: "JWT" }), Option.none(), text)
        }
      }).pipe(Effect.provide(onlyEs256)),
    { arbitrary: { runs } }
  )

  it.effect("§3.11: a token of one kind is none of another", () =>
    Effect.gen(function* () {
      const { jwt, keys } = yield* keysAndToken
      for (const type of ["at+jwt", "jwt", "application/JWT", ""]) {
        assert.deepStrictEqual(yield* keys.verify(jwt, { type }), Option.none(), type)
      }
    }).pipe(Effect.provide(all))
  )

  it.effect("its own that is larger than 16 KiB is not read, and one that is a little smaller is", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const sign = (size: number) =>
        keys.sign({ algorithm: "ES256", type: "JWT", claims: { filling: "x".repeat(size) } })
      const small = yield* sign(12_000)
      assert.isBelow(small.length, 16 * 1024 + 1)
      assert.isTrue(Option.isSome(yield* keys.verify(small, { type: "JWT" })))
      const large = yield* sign(12_288)
      assert.isAbove(large.length, 16 * 1024)
      assert.deepStrictEqual(yield* keys.verify(large, { type: "JWT" }), Option.none())
    }).pipe(Effect.provide(all))
  )

  it("what is exactly 16 KiB long is still looked at", () => {
    const header = base64url({ alg: "ES256", typ: "JWT", kid: "1" })
    const ofLength = (length: number) => `${header}..`.padEnd(length, "A")
    assert.isTrue(Option.isSome(Jose.readHeader(ofLength(16 * 1024))))
    assert.isTrue(Option.isNone(Jose.readHeader(ofLength(16 * 1024 + 1))))
  })

  it.effect("the claims are told as they are, expired or not", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const expired = { exp: 1, deep: { a: [{ b: null }] }, name: "Zoë 🦉" }
      const jwt = yield* keys.sign({ algorithm: "EdDSA", type: "JWT", claims: expired })
      assert.deepStrictEqual(yield* keys.verify(jwt, { type: "JWT" }), Option.some(expired))
    }).pipe(Effect.provide(all))
  )
})

describe("a key", () => {
  it.effect("is not shown to who looks at it in passing, and is named by its thumbprint (RFC 7638)", () =>
    Effect.gen(function* () {
      const { privateJwk, publicJwk } = yield* Jose.generate("ES256")
      assert.strictEqual(String(privateJwk), "<redacted:private key>")
      assert.strictEqual(publicJwk.kid, yield* Effect.promise(() => calculateJwkThumbprint({ ...publicJwk })))
      assert.hasAllKeys(publicJwk, ["kty", "crv", "x", "y", "kid", "alg", "use"])
      assert.strictEqual(publicJwk.use, "sig")
    })
  )

  it.effect("of an algorithm that is not installed is a mistake of whoever asks for it", () =>
    Effect.gen(function* () {
      const keys = yield* SigningKeys.SigningKeys
      const exit = yield* Effect.exit(keys.sign({ algorithm: "EdDSA", type: "JWT", claims }))
      assert.isTrue(Exit.hasDies(exit))
      assert.include(String(exit), "No key signs with EdDSA")
    }).pipe(Effect.provide(onlyEs256))
  )
})

describe("private keys at rest", () => {
  const stored = Effect.gen(function* () {
    const store = yield* KeyStore.KeyStore
    return yield* store.list(0)
  })
  const [current, older, other] = ["current", "older", "other"].map((name) =>
    Redacted.make(name.padEnd(32, "."))
  )
  const build = (...secrets: ReadonlyArray<Redacted.Redacted<string> | undefined>) => {
    const [first, ...others] = secrets.filter((secret) => secret !== undefined)
    if (first === undefined) throw new Error("no secret")
    return Effect.map(
      Layer.build(SigningKeys.layer({ algorithms }).pipe(Layer.provide(SecretKeys.layer(first, ...others)))),
      (context) => Effect.runSync(Effect.provideContext(SigningKeys.SigningKeys, context))
    )
  }
  const shared = <A, E>(self: Effect.Effect<A, E, KeyStore.KeyStore | Scope.Scope>) =>
    self.pipe(Effect.scoped, Effect.provide(Storage.layerMemory))

  it.effect("are sealed: nothing in the store signs", () =>
    shared(
      Effect.gen(function* () {
        yield* build(current)
        const rows = yield* stored
        assert.lengthOf(rows, algorithms.length)
        for (const row of rows) {
          // RFC 7516 §7.1: five parts, of which `dir` leaves the second empty
          assert.match(row.sealedPrivateKey, /^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
          const text = JSON.stringify({
            ...row,
            parts: row.sealedPrivateKey
              .split(".")
              .map((part) => atob(part.replaceAll("-", "+").replaceAll("_", "/")))
          })
          for (const member of ["d", "p", "q", "dp", "dq", "qi"]) {
            assert.notMatch(text, new RegExp(`"${member}\\\\*":\\\\*"`))
          }
        }
      })
    )
  )

  it.effect("a new secret opens nothing by itself, and with the old one beside it all", () =>
    shared(
      Effect.gen(function* () {
        const before = yield* build(older)
        const jwt = yield* before.sign({ algorithm: "ES256", type: "JWT", claims })
        const after = yield* build(current, older)
        assert.isTrue(Option.isSome(yield* after.verify(jwt, { type: "JWT" })))
        const again = yield* after.sign({ algorithm: "ES256", type: "JWT", claims })
        assert.isTrue(Option.isSome(yield* before.verify(again, { type: "JWT" })))
        const error = yield* Effect.flip(build(other))
        assert.strictEqual(error._tag, "ConfigurationError")
        assert.match(error.message, /^secret: does not open the signing key [\w-]{43}$/)
      })
    )
  )

  it.effect("one that another process has sealed with a secret of its own is an error of the storage", () =>
    shared(
      Effect.gen(function* () {
        const before = yield* build(older)
        const store = yield* KeyStore.KeyStore
        const context = yield* Layer.build(
          SigningKeys.layer({ algorithms }).pipe(
            Layer.provide(
              SecretKeys.layer(current ?? assert.fail("no secret"), older ?? assert.fail("no secret"))
            )
          )
        )
        const { rotate } = yield* Effect.provideContext(SigningKeys.KeyRotation, context)
        const { activeAt, kid } = yield* rotate("ES256")
        yield* TestClock.setTime(activeAt)
        const error = yield* Effect.flip(before.sign({ algorithm: "ES256", type: "JWT", claims }))
        assert.strictEqual(error._tag, "StorageError")
        assert.strictEqual(error.operation, "SigningKeys.open")
        assert.deepInclude(error.cause, { _tag: "Unopened", kid })
        assert.isTrue((yield* store.list(activeAt)).some(({ id }) => id === kid))
        // Of another algorithm it has all that it takes.
        yield* before.sign({ algorithm: "RS256", type: "JWT", claims })
      })
    )
  )

  it.effect("one that is sealed in another way than ours does not open", () =>
    Effect.gen(function* () {
      const { all, current } = yield* SecretKeys.SecretKeys
      const { privateJwk } = yield* Jose.generate("ES256")
      const seal = (enc: string) =>
        Effect.promise(() =>
          new CompactEncrypt(new TextEncoder().encode(JSON.stringify(Redacted.value(privateJwk))))
            .setProtectedHeader({ alg: "dir", enc, kid: current.id })
            .encrypt(Redacted.value(current.signingKeys))
        )
      const opened = yield* Jose.open(all, yield* seal("A256GCM"))
      assert.strictEqual(String(Option.getOrThrow(opened)), "<redacted:private key>")
      assert.isTrue(Option.isNone(yield* Jose.open(all, yield* seal("A128CBC-HS256"))))
    }).pipe(Effect.provide(SecretKeys.layer(current ?? assert.fail("no secret"))))
  )

  it.effect("a key that was tampered with does not open", () =>
    Effect.gen(function* () {
      const store = yield* MemoryKeyStore.make
      const tampered = KeyStore.KeyStore.of({
        ...store,
        list: (now) =>
          Effect.map(store.list(now), (keys) =>
            keys.map((key) => ({ ...key, sealedPrivateKey: `${key.sealedPrivateKey.slice(0, -8)}AAAAAAAA` }))
          )
      })
      const error = yield* Effect.flip(
        build(current).pipe(Effect.provideService(KeyStore.KeyStore, tampered))
      )
      assert.strictEqual(error._tag, "ConfigurationError")
    }).pipe(Effect.scoped)
  )

  it.effect("a key whose public half cannot be read does not open", () =>
    Effect.gen(function* () {
      const store = yield* MemoryKeyStore.make
      const unreadable = KeyStore.KeyStore.of({
        ...store,
        list: (now) => Effect.map(store.list(now), (keys) => keys.map((key) => ({ ...key, publicKey: "{}" })))
      })
      const error = yield* Effect.flip(
        build(current).pipe(Effect.provideService(KeyStore.KeyStore, unreadable))
      )
      assert.strictEqual(error._tag, "ConfigurationError")
      assert.match(error.message, /does not open the signing key/)
    }).pipe(Effect.scoped)
  )

  it.effect("what was read at a time that is yet to come, by a clock that was set back, is read again", () =>
    Effect.gen(function* () {
      const store = yield* MemoryKeyStore.make
      let reads = 0
      const counted = KeyStore.KeyStore.of({
        ...store,
        list: (now) =>
          Effect.suspend(() => {
            reads++
            return store.list(now)
          })
      })
      yield* TestClock.setTime(Date.UTC(2026, 0, 2))
      const keys = yield* build(current).pipe(Effect.provideService(KeyStore.KeyStore, counted))
      const before = reads
      yield* keys.sign({ algorithm: "ES256", type: "JWT", claims })
      assert.strictEqual(reads, before)
      yield* TestClock.setTime(Date.UTC(2026, 0, 1))
      yield* keys.published
      assert.isAbove(reads, before)
    }).pipe(Effect.scoped)
  )
})

describe("keys that somebody else holds", () => {
  /** A key management service: all that comes out of it is signatures. */
  const kms = (algorithm: "ES256" | "EdDSA", kid: string) =>
    Effect.gen(function* () {
      const pair = yield* Effect.promise(() => generateKeyPair(algorithm, { extractable: false }))
      const jwk = yield* Effect.promise(() => exportJWK(pair.publicKey))
      const name = algorithm === "ES256" ? { name: "ECDSA", hash: "SHA-256" } : "Ed25519"
      const asked: Array<string> = []
      const signer: Signer.Signer = {
        publicJwk: Schema.decodeUnknownSync(Jwk.PublicJwk)({ ...jwk, kid, alg: algorithm, use: "sig" }),
        sign: (input) => {
          asked.push(new TextDecoder().decode(input))
          return Effect.promise(
            async () => new Uint8Array(await crypto.subtle.sign(name, pair.privateKey, input))
          )
        }
      }
      return { signer, asked }
    })

  it.effect("sign, and verify like any other", () =>
    Effect.gen(function* () {
      const old = yield* kms("ES256", "2025")
      const next = yield* kms("ES256", "2026")
      const other = yield* kms("EdDSA", "other")
      yield* Effect.gen(function* () {
        const keys = yield* SigningKeys.SigningKeys
        assert.deepStrictEqual(keys.algorithms, ["ES256", "EdDSA"])
        const published = yield* keys.published
        assert.deepStrictEqual(
          published.keys.map(({ kid }) => kid),
          ["2025", "2026", "other"]
        )
        const jwt = yield* keys.sign({ algorithm: "ES256", type: "JWT", claims })
        assert.deepStrictEqual(old.asked, [jwt.slice(0, jwt.lastIndexOf("."))])
        assert.lengthOf(next.asked, 0)
        const verified = yield* Effect.promise(() =>
          jwtVerify(jwt, createLocalJWKSet({ keys: Array.from(published.keys) }))
        )
        assert.strictEqual(verified.protectedHeader.kid, "2025")
        assert.deepStrictEqual(yield* keys.verify(jwt, { type: "JWT" }), Option.some(claims))
        const unknown = `${base64url({ alg: "ES256", typ: "JWT", kid: "2024" })}.${jwt.slice(jwt.indexOf(".") + 1)}`
        assert.deepStrictEqual(yield* keys.verify(unknown, { type: "JWT" }), Option.none())
        const second = yield* keys.sign({ algorithm: "EdDSA", type: "JWT", claims })
        assert.deepStrictEqual(yield* keys.verify(second, { type: "JWT" }), Option.some(claims))
      }).pipe(Effect.provide(SigningKeys.layerSigners([old.signer, next.signer, other.signer])))
    })
  )

  it.effect("one that does not answer is told as such", () =>
    Effect.gen(function* () {
      const { signer } = yield* kms("ES256", "1")
      const down = new StorageError({ operation: "KMS.sign", cause: "down" })
      const keys = yield* SigningKeys.SigningKeys.pipe(
        Effect.provide(SigningKeys.layerSigners([{ ...signer, sign: () => Effect.fail(down) }]))
      )
      const error = yield* Effect.flip(keys.sign({ algorithm: "ES256", type: "JWT", claims }))
      assert.strictEqual(error, down)
    })
  )

  it.effect("two with one kid are refused (RFC 7517 §4.5)", () =>
    Effect.gen(function* () {
      const [one, two] = [yield* kms("ES256", "same"), yield* kms("EdDSA", "same")]
      const error = yield* Effect.flip(Layer.build(SigningKeys.layerSigners([one.signer, two.signer])))
      assert.strictEqual(error.message, "signers: has two keys with the same kid")
    }).pipe(Effect.scoped)
  )
})

describe("a server without keys", () => {
  const loaded = (program: string) => {
    const script = `
      import { registerHooks } from "node:module"
      let jose = 0
      registerHooks({ load: (url, context, next) => { if (url.includes("/jose/")) jose++; return next(url, context) } })
      ${program}
      console.log(jose)`
    return Number(
      execFileSync(
        process.execPath,
        ["--conditions=effect-oauth-source", "--no-warnings", "--input-type=module", "--eval", script],
        { encoding: "utf8" }
      )
    )
  }

  it("does not load jose", () => {
    assert.strictEqual(
      loaded(
        `await import("effect-oauth"); await import("effect-oauth/http"); await import("effect-oauth/node")`
      ),
      0
    )
  })

  it("and one with keys does", () => {
    const program = `
      const { SigningKeys, Storage } = await import("effect-oauth")
      const { Effect, Layer } = await import("effect")
      await Effect.runPromise(Effect.scoped(Layer.build(Layer.provide(SigningKeys.layer(), Storage.layerMemory))))`
    assert.isAbove(loaded(program), 0)
  })
})

import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { TestClock } from "effect/testing"
import {
  AuthorizationServer,
  ClientStore,
  GrantStore,
  Grants,
  Legacy,
  OAuthRequest,
  ProtocolExtensions,
  SecretKeys,
  Storage,
  StorageError,
  TokenEndpoint
} from "effect-oauth"
import * as RefreshToken from "../../src/grants/RefreshToken.ts"
import {
  asConfidential,
  asPost,
  atOnce,
  audited,
  codeFor,
  errorOf,
  exchange,
  introspect,
  isActive,
  refresh,
  register,
  serverForRaceOf,
  serverWith,
  tagsOf,
  testClient,
  text,
  token,
  tokensFor,
  tokensIn
} from "../support/Flow.ts"
import { basic, clients, issuer, layer as server } from "../support/TestServer.ts"

const storage = Storage.layerMemoryWith({ clients })

layer(server)("RFC 6749 §6 refreshing an access token", (it) => {
  // @covers rfc9700-2.2.2-a rfc9700-4.14.2-c
  it.effect("gives a new access token, and a new refresh token", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor({ scope: "read" })
      const response = yield* refresh(first.refreshToken)
      assert.strictEqual(response.status, 200)
      const second = tokensIn(response)
      assert.notStrictEqual(second.accessToken, first.accessToken)
      assert.notStrictEqual(second.refreshToken, first.refreshToken)
      assert.deepStrictEqual(Object.keys(response.json()), [
        "access_token",
        "token_type",
        "expires_in",
        "scope",
        "refresh_token"
      ])
      assert.deepInclude(yield* introspect(second.accessToken), {
        active: true,
        scope: "read",
        sub: "u-1",
        username: "ada",
        client_id: "confidential"
      })
    })
  )

  it.effect("leaves the access token before it alone: it expires by itself", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      yield* refresh(refreshToken)
      assert.isTrue(yield* isActive(accessToken))
    })
  )

  // @covers rfc6749-6-b
  it.effect("has a refresh token", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(errorOf(yield* refresh("")), [
        "invalid_request",
        "The parameter refresh_token is missing"
      ])
    })
  )

  it.effect("goes on for as long as it is used", () =>
    Effect.gen(function* () {
      let { refreshToken } = yield* tokensFor()
      for (let generation = 1; generation <= 50; generation++) {
        refreshToken = tokensIn(yield* refresh(refreshToken)).refreshToken
        assert.strictEqual(refreshToken.split(".")[2], String(generation))
      }
      assert.isTrue(yield* isActive(refreshToken))
    })
  )
})

layer(server)("RFC 6749 §6 what is no refresh token", (it) => {
  // @covers rfc6749-6-g
  it.effect("garbage, without a look at the store", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      const [key = "", family = "", , secret = "", tag = ""] = refreshToken.split(".")
      const forged = [
        "tGzv3JOkF0XG5Qx2TlKWIA",
        accessToken,
        yield* codeFor(),
        [key, family, "1", secret, tag].join("."), // another generation
        [key, family, "00", secret, tag].join("."),
        [key, family, "0", secret, "A".repeat(22)].join("."), // no tag of ours
        [key, family, "0", "A".repeat(43), tag].join("."),
        [key, "A".repeat(22), "0", secret, tag].join("."),
        ["A".repeat(8), family, "0", secret, tag].join("."), // no key of ours
        `${refreshToken} `,
        `${refreshToken}A`,
        refreshToken.slice(0, -1)
      ]
      for (const text of forged) {
        assert.deepStrictEqual(
          errorOf(yield* refresh(text)),
          ["invalid_grant", "The refresh token is unknown"],
          text
        )
      }
      assert.isTrue(yield* isActive(refreshToken))
    })
  )

  // @covers rfc6749-10.4-f rfc9700-4.14.2-d
  it.effect("nobody can revoke a family by guessing its name", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const second = tokensIn(yield* refresh(refreshToken))
      yield* TestClock.adjust("1 minute")
      const [key, family] = refreshToken.split(".")
      yield* refresh(`${key}.${family}.0.${"A".repeat(43)}.${"A".repeat(22)}`)
      assert.isTrue(yield* isActive(second.refreshToken))
    })
  )

  // @covers rfc6749-6-g rfc6749-10.4-f rfc7009-5-b rfc9700-4.14.2-d
  it.effect("garbage does not reach the store", () =>
    Effect.gen(function* () {
      const keys = yield* SecretKeys.SecretKeys
      const { refreshToken } = yield* tokensFor()
      assert.strictEqual(RefreshToken.parse(keys.all, refreshToken)._tag, "Some")
      for (const text of [
        "",
        "a.b.c.d.e",
        refreshToken.replace(".0.", ".1."),
        refreshToken.replace(".0.", ".00."), // the same number, and not the same text
        refreshToken.replace(".0.", ".-0.")
      ]) {
        assert.strictEqual(RefreshToken.parse(keys.all, text)._tag, "None")
      }
    })
  )
})

layer(server)("RFC 6749 §6, §10.4 the refresh token is bound to the client", (it) => {
  // @covers rfc6749-6-f rfc6749-10.4-b rfc6749-10.4-d
  it.effect("another client cannot use it, and harms nobody", () =>
    Effect.gen(function* () {
      const { accessToken, refreshToken } = yield* tokensFor()
      const { events, value } = yield* audited(refresh(refreshToken, asPost, null))
      assert.deepStrictEqual(errorOf(value), [
        "invalid_grant",
        "The refresh token was issued to another client"
      ])
      assert.deepStrictEqual(events, [])
      assert.isTrue(yield* isActive(accessToken))
      assert.strictEqual((yield* refresh(refreshToken)).status, 200)
    })
  )

  it.effect("not even one that is old: it revokes nothing", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const second = tokensIn(yield* refresh(refreshToken))
      yield* TestClock.adjust("1 minute")
      yield* refresh(refreshToken, asPost, null)
      assert.isTrue(yield* isActive(second.refreshToken))
    })
  )

  // @covers rfc6749-6-d rfc6749-6-e
  it.effect("nor the client itself without its secret", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      assert.strictEqual((yield* refresh(refreshToken, { client_id: "confidential" }, null)).status, 401)
    })
  )

  it.effect("a public client uses its own", () =>
    Effect.gen(function* () {
      const code = yield* codeFor({ client_id: "public" })
      const { refreshToken } = tokensIn(yield* exchange(code, { client_id: "public" }, null))
      assert.strictEqual((yield* refresh(refreshToken, { client_id: "public" }, null)).status, 200)
    })
  )
})

layer(server)("RFC 6749 §6 scope", (it) => {
  // @covers rfc6749-3.3-a rfc6749-6-i
  it.effect("may be less: for this access token", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const narrowed = yield* refresh(refreshToken, { scope: "read" })
      assert.strictEqual(narrowed.json().scope, "read")
      assert.strictEqual((yield* introspect(tokensIn(narrowed).accessToken)).scope, "read")

      // "if omitted is treated as equal to the scope originally granted"
      const full = yield* refresh(tokensIn(narrowed).refreshToken)
      assert.strictEqual(full.json().scope, "read write")
    })
  )

  // @covers rfc6749-6-c rfc9700-4.14.2-b
  it.effect("may not be more, though the client registered it", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor({ scope: "read" })
      assert.deepStrictEqual(errorOf(yield* refresh(refreshToken, { scope: "read write" })), [
        "invalid_scope",
        "The scope is more than was granted"
      ])
      assert.strictEqual((yield* refresh(refreshToken)).json().scope, "read")
    })
  )

  it.effect("may not be malformed", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      assert.strictEqual(errorOf(yield* refresh(refreshToken, { scope: '"read"' }))[0], "invalid_scope")
    })
  )

  it.effect("has the order that it was asked for in", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor({ scope: "read write" })
      assert.strictEqual((yield* refresh(refreshToken, { scope: "write read" })).json().scope, "write read")
    })
  )
})

layer(server)("RFC 9700 §4.14.2 rotation survives a lost response", (it) => {
  it.effect("a retry gets the same refresh token, and an access token of its own", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const lost = tokensIn(yield* refresh(refreshToken))
      yield* TestClock.adjust("10 seconds")
      const { events, value } = yield* audited(refresh(refreshToken))
      const retried = tokensIn(value)
      assert.strictEqual(retried.refreshToken, lost.refreshToken)
      assert.notStrictEqual(retried.accessToken, lost.accessToken)
      assert.isTrue(yield* isActive(retried.accessToken))
      assert.isTrue(yield* isActive(lost.accessToken))
      assert.deepStrictEqual(tagsOf(events), ["TokensIssued"])
    })
  )

  it.effect("the grace is for the parent only: the grandparent is reuse", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor()
      const second = tokensIn(yield* refresh(first.refreshToken))
      const third = tokensIn(yield* refresh(second.refreshToken))
      assert.strictEqual(errorOf(yield* refresh(first.refreshToken))[0], "invalid_grant")
      assert.isFalse(yield* isActive(third.refreshToken))
      assert.isFalse(yield* isActive(third.accessToken))
    })
  )

  it.effect("a retry is the same request: with another scope it is refused, and nothing happens", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const narrowed = tokensIn(yield* refresh(refreshToken, { scope: "read" }))
      assert.deepStrictEqual(errorOf(yield* refresh(refreshToken)), [
        "invalid_grant",
        "The refresh token has been replaced"
      ])
      assert.isTrue(yield* isActive(narrowed.refreshToken))
      assert.strictEqual(
        tokensIn(yield* refresh(refreshToken, { scope: "read" })).refreshToken,
        narrowed.refreshToken
      )
    })
  )

  it.effect("a retry does not give the refresh token a longer life", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const next = tokensIn(yield* refresh(refreshToken))
      const { exp } = yield* introspect(next.refreshToken)
      yield* TestClock.adjust("20 seconds")
      yield* refresh(refreshToken)
      assert.strictEqual((yield* introspect(next.refreshToken)).exp, exp)
    })
  )
})

describe("50 requests with one refresh token, each of which has seen it current", () => {
  it.effect("all succeed, with one refresh token and 50 access tokens", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const { events, value } = yield* audited(atOnce(50, refresh(refreshToken)))
      assert.deepStrictEqual(new Set(value.map((response) => response.status)), new Set([200]))
      const tokens = value.map(tokensIn)
      const successors = new Set(tokens.map((token) => token.refreshToken))
      assert.strictEqual(successors.size, 1)
      assert.strictEqual(new Set(tokens.map((token) => token.accessToken)).size, 50)
      assert.deepStrictEqual(new Set(tagsOf(events)), new Set(["TokensIssued"]))
      for (const successor of successors) {
        assert.isFalse(successors.has(refreshToken))
        assert.strictEqual((yield* introspect(successor)).active, true)
      }
    }).pipe(Effect.provide(serverForRaceOf(50, "findRefreshFamily")))
  )
})

describe("refresh.maximumReplays", () => {
  it.effect("bounds how often a parent is honoured, and refuses the rest without harm", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const next = tokensIn(yield* refresh(refreshToken))
      for (let replay = 1; replay <= 3; replay++) {
        assert.strictEqual(tokensIn(yield* refresh(refreshToken)).refreshToken, next.refreshToken)
      }
      const { events, value } = yield* audited(refresh(refreshToken))
      assert.strictEqual(errorOf(value)[0], "invalid_grant")
      assert.deepStrictEqual(events, [])
      assert.isTrue(yield* isActive(next.refreshToken))

      // Per generation: the next one may be repeated again.
      const afterNext = tokensIn(yield* refresh(next.refreshToken))
      assert.strictEqual(tokensIn(yield* refresh(next.refreshToken)).refreshToken, afterNext.refreshToken)
    }).pipe(Effect.provide(serverWith({ refresh: { maximumReplays: 3 } })), Effect.provide(storage))
  )
})

describe("refresh.grace of zero is the classic one-time token", () => {
  // @covers rfc9700-2.2.2-a rfc9700-4.14.2-c
  it.effect("a second use, even at the same moment, is reuse", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor()
      const next = tokensIn(yield* refresh(refreshToken))
      assert.strictEqual(errorOf(yield* refresh(refreshToken))[0], "invalid_grant")
      assert.isFalse(yield* isActive(next.refreshToken))
    }).pipe(Effect.provide(serverWith({ refresh: { grace: 0 } })), Effect.provide(storage))
  )
})

layer(server)("RFC 9700 §4.14.2 reuse", (it) => {
  // @covers rfc6749-10.4-e rfc9700-2.2.2-a rfc9700-4.14.2-c
  it.effect("after the grace kills everything of the grant, and is recorded", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor()
      const second = tokensIn(yield* refresh(first.refreshToken))
      yield* TestClock.adjust("31 seconds")
      const { events, value } = yield* audited(refresh(first.refreshToken))
      assert.deepStrictEqual(errorOf(value), ["invalid_grant", "The refresh token has been replaced"])
      for (const token of [first.accessToken, second.accessToken, second.refreshToken]) {
        assert.isFalse(yield* isActive(token))
      }
      assert.deepStrictEqual(errorOf(yield* refresh(second.refreshToken)), [
        "invalid_grant",
        "The refresh token has been revoked"
      ])
      assert.deepStrictEqual(tagsOf(events), ["RefreshTokenReused"])
      assert.deepInclude(events[0], { clientId: "confidential" })
    })
  )

  it.effect("and nothing of another grant of the same person", () =>
    Effect.gen(function* () {
      const other = yield* tokensFor()
      const { refreshToken } = yield* tokensFor()
      yield* refresh(refreshToken)
      yield* TestClock.adjust("31 seconds")
      yield* refresh(refreshToken)
      assert.isTrue(yield* isActive(other.accessToken))
      assert.isTrue(yield* isActive(other.refreshToken))
    })
  )

  it.effect("of a generation long gone", () =>
    Effect.gen(function* () {
      const first = yield* tokensFor()
      let current = first
      for (let index = 0; index < 10; index++) current = tokensIn(yield* refresh(current.refreshToken))
      yield* TestClock.adjust("1 day")
      const { events } = yield* audited(refresh(first.refreshToken))
      assert.deepStrictEqual(tagsOf(events), ["RefreshTokenReused"])
      assert.isFalse(yield* isActive(current.refreshToken))
    })
  )
})

describe("SecretKeys: keys can be replaced", () => {
  const january = Redacted.make("the secret of january, thirty-two characters and more")
  const june = Redacted.make("the secret of june, thirty-two characters and more")
  const serverWithKeys = (
    current: Redacted.Redacted<string>,
    ...older: ReadonlyArray<Redacted.Redacted<string>>
  ) => Layer.fresh(serverWith({})).pipe(Layer.provideMerge(SecretKeys.layer(current, ...older)))

  const keyOf = (token: string) => token.split(".")[0]

  it.effect("a token of the old key is honoured, and its successor has the new one", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor().pipe(Effect.provide(serverWithKeys(january)))
      yield* Effect.gen(function* () {
        assert.isTrue(yield* isActive(refreshToken))
        const next = tokensIn(yield* refresh(refreshToken))
        assert.notStrictEqual(keyOf(next.refreshToken), keyOf(refreshToken))
        assert.strictEqual((yield* refresh(next.refreshToken)).status, 200)
      }).pipe(Effect.provide(serverWithKeys(june, january)))
    }).pipe(Effect.provide(storage))
  )

  it.effect("a response that was lost before the change is found after it", () =>
    Effect.gen(function* () {
      const { lost, refreshToken } = yield* Effect.gen(function* () {
        const { refreshToken } = yield* tokensFor()
        return { refreshToken, lost: tokensIn(yield* refresh(refreshToken)) }
      }).pipe(Effect.provide(serverWithKeys(january)))
      yield* Effect.gen(function* () {
        const retried = tokensIn(yield* refresh(refreshToken))
        assert.strictEqual(retried.refreshToken, lost.refreshToken)
        assert.strictEqual((yield* refresh(retried.refreshToken)).status, 200)
      }).pipe(Effect.provide(serverWithKeys(june, january)))
    }).pipe(Effect.provide(storage))
  )

  it.effect("reuse is still reuse after it", () =>
    Effect.gen(function* () {
      const { next, refreshToken } = yield* Effect.gen(function* () {
        const { refreshToken } = yield* tokensFor()
        return { refreshToken, next: tokensIn(yield* refresh(refreshToken)) }
      }).pipe(Effect.provide(serverWithKeys(january)))
      yield* TestClock.adjust("1 minute")
      yield* Effect.gen(function* () {
        const { events } = yield* audited(refresh(refreshToken))
        assert.deepStrictEqual(tagsOf(events), ["RefreshTokenReused"])
        assert.isFalse(yield* isActive(next.refreshToken))
      }).pipe(Effect.provide(serverWithKeys(june, january)))
    }).pipe(Effect.provide(storage))
  )

  it.effect("where a retry comes to a process that does not have the new key yet, the token is unknown", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor().pipe(Effect.provide(serverWithKeys(january)))
      const next = yield* refresh(refreshToken).pipe(Effect.provide(serverWithKeys(june, january)))
      const retried = yield* refresh(refreshToken).pipe(Effect.provide(serverWithKeys(january)))
      assert.deepStrictEqual(errorOf(retried), ["invalid_grant", "The refresh token is unknown"])
      const { accessToken } = tokensIn(next)
      assert.isTrue(yield* isActive(accessToken).pipe(Effect.provide(serverWithKeys(june, january))))
    }).pipe(Effect.provide(storage))
  )

  it.effect("when the old key is gone, its tokens are unknown, and nothing is revoked", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor().pipe(Effect.provide(serverWithKeys(january)))
      yield* Effect.gen(function* () {
        assert.deepStrictEqual(errorOf(yield* refresh(refreshToken)), [
          "invalid_grant",
          "The refresh token is unknown"
        ])
        assert.isFalse(yield* isActive(refreshToken))
      }).pipe(Effect.provide(serverWithKeys(june)))
      const again = yield* refresh(refreshToken).pipe(Effect.provide(serverWithKeys(january)))
      assert.strictEqual(again.status, 200)
    }).pipe(Effect.provide(storage))
  )

  it.effect("many processes first accept the new key, and then use it: no token is refused on the way", () =>
    Effect.gen(function* () {
      const processes = [
        [serverWithKeys(january), serverWithKeys(january, june)],
        [serverWithKeys(january, june), serverWithKeys(june, january)],
        [serverWithKeys(june, january), serverWithKeys(june)]
      ].flat()
      let { refreshToken } = yield* tokensFor().pipe(Effect.provide(serverWithKeys(january)))
      for (const process of processes) {
        refreshToken = tokensIn(yield* refresh(refreshToken).pipe(Effect.provide(process))).refreshToken
      }
    }).pipe(Effect.provide(storage))
  )

  it.effect("a key proves nothing under another's name", () =>
    Effect.gen(function* () {
      const { refreshToken } = yield* tokensFor().pipe(Effect.provide(serverWithKeys(january)))
      yield* Effect.gen(function* () {
        const { current } = yield* SecretKeys.SecretKeys
        const renamed = refreshToken.replace(/^[^.]*/, current.id)
        assert.strictEqual(errorOf(yield* refresh(renamed))[0], "invalid_grant")
      }).pipe(Effect.provide(serverWithKeys(june, january)))
    }).pipe(Effect.provide(storage))
  )
})

describe("the chain of a family (RefreshToken)", () => {
  const keysOf = (secret: string) =>
    Effect.map(SecretKeys.SecretKeys, (keys) => keys.current).pipe(
      Effect.provide(SecretKeys.layer(Redacted.make(secret.repeat(32))))
    )
  const family = GrantStore.FamilyId("A".repeat(22))
  const secret = Redacted.make("B".repeat(43))
  const secretOf = ({ text }: RefreshToken.RefreshToken) => Redacted.value(text).split(".")[3] ?? ""

  it.effect("the same parent has the same child, and only under the same key", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* keysOf("a"), yield* keysOf("b")]
      const parent = RefreshToken.first(a, family, secret)
      const child = Redacted.value(parent.successor(a).text)
      assert.strictEqual(Redacted.value(parent.successor(a).text), child)
      assert.notStrictEqual(secretOf(parent.successor(b)), child.split(".")[3])
    })
  )

  it.effect(
    "what a token shows says nothing of its child: tag and successor have purposes of their own",
    () =>
      Effect.gen(function* () {
        const key = yield* keysOf("a")
        const parent = RefreshToken.first(key, family, secret)
        const tag = Redacted.value(parent.text).split(".")[4] ?? ""
        const child = secretOf(parent.successor(key))
        assert.lengthOf(tag, 24)
        assert.isFalse(child.startsWith(tag))
      })
  )

  it.effect("every token of it reads back as what it is", () =>
    Effect.gen(function* () {
      const key = yield* keysOf("a")
      let token = RefreshToken.first(key, family, secret)
      const seen = new Set<string>()
      for (let generation = 0; generation < 20; generation++) {
        const parsed = yield* Effect.fromOption(RefreshToken.parse([key], Redacted.value(token.text)))
        assert.strictEqual(parsed.family, family)
        assert.strictEqual(parsed.generation, generation)
        assert.strictEqual(Redacted.value(parsed.text), Redacted.value(token.text))
        seen.add(Redacted.value(token.text))
        token = token.successor(key)
      }
      assert.strictEqual(seen.size, 20)
    })
  )

  it.effect("is the same in every release: a retry may come to a newer one than the first try", () =>
    Effect.gen(function* () {
      const key = yield* keysOf("a")
      const parent = RefreshToken.first(key, family, secret)
      assert.strictEqual(
        Redacted.value(parent.text),
        "PFEiJQ9-.AAAAAAAAAAAAAAAAAAAAAA.0.BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB.Z33zMnRgGFvounE5QAup9ZUy"
      )
      assert.strictEqual(
        Redacted.value(parent.successor(key).text),
        "PFEiJQ9-.AAAAAAAAAAAAAAAAAAAAAA.1.YAVOhIkzKuM846xV04sN32LFirCoMKYj6-9AsnTuIIU.tTbHJX3WsoKwDvf7zNnwQQ8R"
      )
    })
  )

  // @covers rfc6749-10.4-f rfc7662-4-e rfc9700-4.14.2-d
  it.effect("no part of it can be changed", () =>
    Effect.gen(function* () {
      const key = yield* keysOf("a")
      const text = Redacted.value(RefreshToken.first(key, family, secret).text)
      for (let at = 0; at < text.length; at++) {
        const changed = `${text.slice(0, at)}${text[at] === "C" ? "D" : "C"}${text.slice(at + 1)}`
        assert.strictEqual(RefreshToken.parse([key], changed)._tag, "None", changed)
      }
    })
  )

  it.effect("a log line shows none of it", () =>
    Effect.gen(function* () {
      const key = yield* keysOf("a")
      const token = RefreshToken.first(key, family, secret)
      assert.notInclude(JSON.stringify(token), Redacted.value(secret))
      assert.strictEqual(String(token.text), "<redacted:refresh_token>")
    })
  )
})

describe("what extensions are told of a refresh", () => {
  it.effect.each([
    ["with rotation", Grants.refreshToken],
    ["without", Legacy.fixedRefreshToken]
  ] as const)("%s: the family's grant, the scope that was asked for, the access token", ([, grant]) =>
    Effect.gen(function* () {
      const told: Array<ProtocolExtensions.Issued> = []
      const extension: ProtocolExtensions.ProtocolExtension = {
        name: "listener",
        validate: ({ scope }) => Effect.succeed({ scope, kept: undefined }),
        approve: () => Effect.succeed("kept"),
        tokenResponse: (issued) =>
          Effect.sync(() => {
            told.push(issued)
            return { heard: issued.from }
          })
      }
      const { refreshToken } = yield* tokensFor()
      const response = yield* TokenEndpoint.handle(
        OAuthRequest.make({
          parameters: { grant_type: "refresh_token", refresh_token: refreshToken, scope: "read" },
          authorization: basic(...asConfidential)
        })
      ).pipe(
        Effect.provide(
          AuthorizationServer.layer({ issuer, scopes: ["read", "write"], grants: [grant] }).pipe(
            Layer.provide(Layer.succeed(ProtocolExtensions.ProtocolExtensions, [extension]))
          )
        )
      )
      assert.deepStrictEqual(response.extensions, { heard: "refresh_token" })
      const [issued, ...others] = told
      assert.deepStrictEqual(others, [])
      assert.strictEqual(issued?.client.clientId, "confidential")
      assert.strictEqual(issued?.grant.subject, "u-1")
      assert.strictEqual<string | undefined>(issued?.scope, "read")
      assert.strictEqual(issued?.accessToken, response.accessToken)
    }).pipe(Effect.provide(server))
  )
})

describe("between the request and the rotation", () => {
  // A server whose grants were installed over another store.
  const withStore = (store: GrantStore.GrantStore["Service"]) =>
    AuthorizationServer.layer({ issuer, scopes: ["read", "write"], grants: [Grants.refreshToken] }).pipe(
      Layer.provide(Layer.succeed(GrantStore.GrantStore, store))
    )
  const rotate = (refresh_token: string) =>
    TokenEndpoint.handle(
      OAuthRequest.make({
        parameters: { grant_type: "refresh_token", refresh_token },
        authorization: basic(...asConfidential)
      })
    )

  it.effect("the family was swept: the token is unknown", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const { refreshToken } = yield* tokensFor()
      const swept = { ...store, rotate: () => Effect.succeed({ _tag: "Unknown" as const }) }
      const error = yield* Effect.flip(rotate(refreshToken)).pipe(Effect.provide(withStore(swept)))
      assert.strictEqual(error.message, "The refresh token is unknown")
    }).pipe(Effect.provide(server))
  )

  it.effect("or it was swept before: the token is unknown, though its tag is good", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const { refreshToken } = yield* tokensFor()
      const swept = { ...store, findRefreshFamily: () => Effect.succeedNone }
      const error = yield* Effect.flip(rotate(refreshToken)).pipe(Effect.provide(withStore(swept)))
      assert.strictEqual(error._tag, "InvalidGrant")
      assert.strictEqual(error.message, "The refresh token is unknown")
    }).pipe(Effect.provide(server))
  )

  it.effect("the store fails: the token is as good as before", () =>
    Effect.gen(function* () {
      const store = yield* GrantStore.GrantStore
      const { refreshToken } = yield* tokensFor()
      const down = {
        ...store,
        rotate: () => Effect.fail(new StorageError({ operation: "GrantStore.rotate", cause: "down" }))
      }
      const error = yield* Effect.flip(rotate(refreshToken)).pipe(Effect.provide(withStore(down)))
      assert.strictEqual(error._tag, "StorageError")
      assert.strictEqual((yield* refresh(refreshToken)).status, 200)
    }).pipe(Effect.provide(server))
  )

  it.effect("the client may no longer use the grant", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      const { refreshToken } = yield* tokensFor()
      yield* store.put({ ...testClient("confidential"), grantTypes: ["authorization_code"] })
      assert.strictEqual(errorOf(yield* refresh(refreshToken))[0], "unauthorized_client")
    }).pipe(Effect.provide(server))
  )
})

layer(server)("RFC 6749 §4.3, §6 a refresh token of the password grant", (it) => {
  it.effect("is one like any other", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "moving", grant_types: ["password", "refresh_token"] })
      const credentials = ["moving", "another-secret"] as const
      const response = yield* token(
        { grant_type: "password", username: "ada", password: "lovelace", scope: "read" },
        credentials
      )
      const next = yield* refresh(text(response.json().refresh_token), {}, credentials)
      assert.strictEqual(next.json().scope, "read")
      assert.strictEqual((yield* introspect(tokensIn(next).accessToken)).sub, "u-1")
    })
  )
})

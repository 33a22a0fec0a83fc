import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type ClaimsRequest, type Jwt, ResourceOwner } from "effect-oauth"
import { personClaims } from "effect-oauth/oidc/PersonClaims"

/** What a client is told, and what the application was asked for. */
const told = Effect.fnUntraced(function* (
  claims: Jwt.Claims | "gone" | "unheard of",
  requests: ClaimsRequest.Requests
) {
  const asked: Array<ResourceOwner.RequestedClaims> = []
  const identity = { subject: "u-1", username: "ada" }
  const people: ResourceOwner.ResourceOwner["Service"] = {
    authenticate: () => Effect.succeedNone,
    find: () => Effect.succeed(claims === "gone" ? Option.none() : Option.some(identity)),
    ...(claims !== "unheard of" && {
      claims: (_, requested) =>
        Effect.sync(() => {
          asked.push(requested)
          return claims === "gone" ? Option.none() : Option.some(claims)
        })
    })
  }
  const known = yield* Effect.provideService(
    personClaims("u-1", requests, ["fr"]),
    ResourceOwner.ResourceOwner,
    people
  )
  return { told: Option.getOrUndefined(known), asked }
})

describe("OpenID Connect Core §5.3.2, §5.5 what a client is told of a person", () => {
  for (const [name, requests, claims, expected] of [
    ["what it asked for, and no more", { name: null }, { name: "Ada", email: "a@b" }, { name: "Ada" }],
    ["no null, and no empty text", { name: null, email: null }, { name: null, email: "" }, {}],
    ["what is false, or nought", { a: null, b: null }, { a: false, b: 0 }, { a: false, b: 0 }],
    [
      "a claim in every language (§5.2)",
      { name: null },
      { name: "Ada", "name#fr": "A" },
      { name: "Ada", "name#fr": "A" }
    ],
    [
      "a claim in a language by what was said of that one",
      { name: { value: "Ada" }, "name#fr": null },
      { name: "Grace", "name#fr": "A" },
      { "name#fr": "A" }
    ],
    ["nothing of the protocol, in no language", { "iss#fr": null }, { iss: "a", "iss#fr": "b" }, {}],
    ["a language in any case (RFC 5646 §2.1.1)", { "name#FR": null }, { "name#fr": "A" }, { "name#fr": "A" }],
    ["a name in its own case", { namE: null }, { name: "Ada" }, {}],
    ["nor is one without a name the same in any case", { "#FR": null }, { "#fr": "A" }, {}]
  ] as const satisfies ReadonlyArray<
    readonly [string, ClaimsRequest.Requests, Record<string, unknown>, Record<string, unknown>]
  >) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual<unknown>((yield* told(claims, requests)).told, expected)
      })
    )
  }

  it.effect("for which the application is asked, but for what the protocol says", () =>
    Effect.gen(function* () {
      const { asked } = yield* told({}, { name: null, sub: null, acr: null })
      assert.deepStrictEqual(asked, [{ names: ["name"], locales: ["fr"] }])
    })
  )

  it.effect("and is not, where nothing is wanted of it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* told({ name: "Ada" }, { sub: null }), { told: {}, asked: [] })
      assert.deepStrictEqual(yield* told("unheard of", { name: null }), { told: {}, asked: [] })
      assert.deepStrictEqual(yield* told("gone", {}), { told: undefined, asked: [] })
      assert.isUndefined((yield* told("gone", { name: null })).told)
    })
  )
})

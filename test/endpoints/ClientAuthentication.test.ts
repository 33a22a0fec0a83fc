import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AuthenticateClient, Client, ClientStore, OAuthRequest } from "effect-oauth"
import { audited, register, token } from "../support/Flow.ts"
import { basic, secrets, layer as server } from "../support/TestServer.ts"

const authenticate = (request: Parameters<typeof OAuthRequest.make>[0]) =>
  Effect.map(AuthenticateClient.authenticateClient(OAuthRequest.make(request)), (client) => client.clientId)

const refused = (request: Parameters<typeof OAuthRequest.make>[0]) => Effect.flip(authenticate(request))

/** A Basic header whose credentials are not encoded at all. */
const rawBasic = (credentials: string) => `Basic ${btoa(credentials)}`

layer(server)("RFC 6749 §2.3.1 client password", (it) => {
  // @covers rfc6749-2.3.1-a
  it.effect("client_secret_basic", () =>
    Effect.gen(function* () {
      const authorization = basic("confidential", secrets.confidential)
      assert.strictEqual(yield* authenticate({ authorization }), "confidential")
    })
  )

  // @covers rfc6749-2.3.1-b
  it.effect("client_secret_post", () =>
    Effect.gen(function* () {
      const parameters = { client_id: "post", client_secret: secrets.post }
      assert.strictEqual(yield* authenticate({ parameters }), "post")
    })
  )

  it.effect("the identifier may come again in the body, if it is the same", () =>
    Effect.gen(function* () {
      const authorization = basic("confidential", secrets.confidential)
      const parameters = { client_id: "confidential" }
      assert.strictEqual(yield* authenticate({ authorization, parameters }), "confidential")
    })
  )

  // @covers rfc6749-2.3.1-a
  it.effect("Basic credentials are form-encoded before they are in base64", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "https://client.example:8443/", client_secret: Redacted.make("p:ä+% €") })
      const encoded = rawBasic("https%3A%2F%2Fclient.example%3A8443%2F:p%3A%C3%A4%2B%25+%E2%82%AC")
      assert.strictEqual(yield* authenticate({ authorization: encoded }), "https://client.example:8443/")
    })
  )

  it.effect("what is not form-encoded is taken as it is, in UTF-8 (RFC 7617 §2.1)", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "unencoded", client_secret: Redacted.make("ä€") })
      const authorization = `Basic ${Buffer.from("unencoded:ä€").toString("base64")}`
      assert.strictEqual(yield* authenticate({ authorization }), "unencoded")
    })
  )

  it.effect("only the first colon separates", () =>
    Effect.gen(function* () {
      yield* register({ client_id: "colon", client_secret: Redacted.make("a:b:c") })
      assert.strictEqual(yield* authenticate({ authorization: rawBasic("colon:a:b:c") }), "colon")
    })
  )

  it.effect.each(["basic", "BASIC", "bAsIc"])(
    "the scheme's name has no case: %s (RFC 9110 §11.1)",
    (scheme) =>
      Effect.gen(function* () {
        const authorization = basic("confidential", secrets.confidential).replace("Basic", scheme)
        assert.strictEqual(yield* authenticate({ authorization }), "confidential")
      })
  )

  it.effect("spaces after the scheme's name are as many as one likes (RFC 9110 §11.4)", () =>
    Effect.gen(function* () {
      const authorization = basic("confidential", secrets.confidential).replace("Basic ", "Basic   ")
      assert.strictEqual(yield* authenticate({ authorization }), "confidential")
    })
  )

  it.effect("an empty secret is nobody's, though somebody stored its hash", () =>
    Effect.gen(function* () {
      const ofNothing = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
      yield* register({ client_id: "empty", client_secret_hashes: [ofNothing] })
      assert.strictEqual((yield* refused({ authorization: basic("empty", "") }))._tag, "InvalidClient")
    })
  )

  it.effect("each of several secrets is good, and no other", () =>
    Effect.gen(function* () {
      const { clientSecretHashes } = yield* register({
        client_id: "rotating",
        client_secret: Redacted.make("old")
      })
      yield* register({
        client_id: "rotating",
        client_secret: Redacted.make("new"),
        client_secret_hashes: clientSecretHashes
      })
      assert.strictEqual(yield* authenticate({ authorization: basic("rotating", "old") }), "rotating")
      assert.strictEqual(yield* authenticate({ authorization: basic("rotating", "new") }), "rotating")
      assert.strictEqual(
        (yield* refused({ authorization: basic("rotating", "older") }))._tag,
        "InvalidClient"
      )
    })
  )

  it.effect("a client without a secret cannot prove anything with one, not even with none", () =>
    Effect.gen(function* () {
      const store = yield* ClientStore.ClientStore
      yield* store.put(Client.make({ client_id: "bare" }))
      assert.strictEqual((yield* refused({ authorization: basic("bare", "") }))._tag, "InvalidClient")
      assert.strictEqual(
        (yield* refused({ authorization: basic("bare", "undefined") }))._tag,
        "InvalidClient"
      )
    })
  )

  it.effect("the hash of a secret is not the secret", () =>
    Effect.gen(function* () {
      const client = yield* register({ client_id: "hashed", client_secret: Redacted.make("secret") })
      const [hash = ""] = client.clientSecretHashes
      assert.strictEqual((yield* refused({ authorization: basic("hashed", hash) }))._tag, "InvalidClient")
    })
  )
})

layer(server)("RFC 6749 §2.3.1 credentials that are malformed", (it) => {
  it.effect.each([
    "Basic",
    "Basic ",
    "Basic !!!",
    "Basic Y29uZmlkZW50aWFs two",
    `${basic("confidential", secrets.confidential)} two`,
    // RFC 4648 §3.2, §3.3: padded, and in no pieces
    rawBasic("a:bc").replace("==", ""),
    rawBasic("a:bcde").replace("Basic YTpi", "Basic YTpi    "),
    rawBasic("confidential"),
    rawBasic("confidential:%ZZ"),
    rawBasic("%FF:secret"),
    rawBasic("%00:secret"),
    `Basic ${btoa("\xFF\xFE:secret")}`
  ])("%s is invalid_client", (authorization) =>
    Effect.gen(function* () {
      const error = yield* refused({ authorization })
      assert.strictEqual(error._tag, "InvalidClient")
      assert.strictEqual(error.message, "The Basic credentials are malformed")
    })
  )

  // RFC 7521 §4.2: an assertion is a method too, and not one of ours
  it.effect("a public client that sends an assertion does not go by its name alone", () =>
    Effect.gen(function* () {
      const error = yield* refused({ parameters: { client_id: "public", client_assertion: "e30.e30." } })
      assert.strictEqual(error._tag, "InvalidClient")
      assert.strictEqual(error.message, "Client authentication is missing")
    })
  )

  // @covers rfc6749-2.3.1-b
  it.effect("a secret in the body without an identifier", () =>
    Effect.gen(function* () {
      const error = yield* refused({ parameters: { client_secret: secrets.post } })
      assert.strictEqual(error._tag, "InvalidClient")
      assert.strictEqual(error.message, "The parameter client_id is missing")
    })
  )

  it.effect.each([
    `Bearer ${btoa("confidential:confidential-secret")}`,
    "Digest username=confidential",
    "Basicx Y",
    `x${basic("confidential", secrets.confidential)}`
  ])("another scheme is no credentials of ours: %s", (authorization) =>
    Effect.gen(function* () {
      const error = yield* refused({ authorization })
      assert.strictEqual(error._tag, "InvalidClient")
      assert.strictEqual(error.message, "Client authentication is missing")
    })
  )

  // @covers rfc6749-3.2.1-b rfc6749-4.1.3-d
  it.effect("no credentials at all", () =>
    Effect.gen(function* () {
      const error = yield* refused({})
      assert.strictEqual(error._tag, "InvalidClient")
      assert.strictEqual(error.message, "Client authentication is missing")
    })
  )
})

layer(server)("RFC 6749 §2.3 a client MUST NOT use more than one method in a request", (it) => {
  // @covers rfc6749-2.3-b
  it.effect.each([
    ["both are right", secrets.confidential, secrets.confidential],
    ["Basic is right", secrets.confidential, "wrong"],
    ["the body is right", "wrong", secrets.confidential]
  ] as const)("Basic and a secret in the body, though %s", ([, inHeader, inBody]) =>
    Effect.gen(function* () {
      const error = yield* refused({
        authorization: basic("confidential", inHeader),
        parameters: { client_id: "confidential", client_secret: inBody }
      })
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, "More than one client authentication method is used")
    })
  )

  it.effect.each([
    ["the header is malformed", "Basic !!!", secrets.post],
    ["the secret in the body is nobody's", basic("post", secrets.post), "wrong"]
  ] as const)("though %s", ([, authorization, client_secret]) =>
    Effect.gen(function* () {
      const error = yield* refused({ authorization, parameters: { client_id: "post", client_secret } })
      assert.strictEqual(error._tag, "InvalidRequest")
    })
  )

  it.effect("a secret in the body of nobody, beside a header, is two methods all the same", () =>
    Effect.gen(function* () {
      const error = yield* refused({
        authorization: basic("confidential", secrets.confidential),
        parameters: { client_secret: secrets.confidential }
      })
      assert.strictEqual(error._tag, "InvalidRequest")
    })
  )

  it.effect("Basic for one client and the identifier of another", () =>
    Effect.gen(function* () {
      const error = yield* refused({
        authorization: basic("confidential", secrets.confidential),
        parameters: { client_id: "post" }
      })
      assert.strictEqual(error._tag, "InvalidRequest")
      assert.strictEqual(error.message, "The parameter client_id names another client")
    })
  )

  it.effect("a public client that sends a header says who it is in two ways", () =>
    Effect.gen(function* () {
      const error = yield* refused({ authorization: "Bearer abc", parameters: { client_id: "public" } })
      assert.strictEqual(error._tag, "InvalidClient")
    })
  )
})

layer(server)("RFC 6749 §3.2.1 public clients", (it) => {
  // @covers rfc8252-8.5-a
  it.effect("say who they are, and prove nothing", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* authenticate({ parameters: { client_id: "public" } }), "public")
    })
  )

  it.effect("are not believed if they send a secret", () =>
    Effect.gen(function* () {
      const error = yield* refused({ parameters: { client_id: "public", client_secret: "anything" } })
      assert.strictEqual(error._tag, "InvalidClient")
    })
  )
})

layer(server)("RFC 7591 §2 token_endpoint_auth_method: a client uses the method that it registered", (it) => {
  // @covers rfc6749-2.3.1-c rfc6749-2.3.1-e rfc6749-2.3.2-a rfc6749-3.2.1-a rfc6749-10.2-a rfc9700-2.5-a
  it.effect.each([
    [
      "client_secret_basic",
      "client_secret_post",
      { parameters: { client_id: "confidential", client_secret: secrets.confidential } }
    ],
    ["client_secret_basic", "none", { parameters: { client_id: "confidential" } }],
    ["client_secret_post", "client_secret_basic", { authorization: basic("post", secrets.post) }],
    ["client_secret_post", "none", { parameters: { client_id: "post" } }],
    ["none", "client_secret_basic", { authorization: basic("public", "x") }],
    ["none", "client_secret_post", { parameters: { client_id: "public", client_secret: "x" } }]
  ] as const)("a client with %s may not use another", ([, , request]) =>
    Effect.gen(function* () {
      const error = yield* refused(request)
      assert.strictEqual(error._tag, "InvalidClient")
      assert.strictEqual(error.message, "Client authentication failed")
    })
  )

  // @covers rfc6749-2.3-a
  it.effect("not even with a secret that it kept from before", () =>
    Effect.gen(function* () {
      yield* register({
        client_id: "was",
        client_secret: Redacted.make("kept"),
        token_endpoint_auth_method: "none"
      })
      assert.strictEqual((yield* refused({ authorization: basic("was", "kept") }))._tag, "InvalidClient")
      assert.strictEqual(
        (yield* refused({ parameters: { client_id: "was", client_secret: "kept" } }))._tag,
        "InvalidClient"
      )
    })
  )
})

layer(server)("RFC 6749 §5.2 invalid_client says nothing of why", (it) => {
  // @covers rfc6749-4.1.3-g rfc6749-4.4.2-b rfc6749-4.4.2-c rfc6749-5.2-b rfc6749-6-e
  it.effect.each([
    ["a wrong secret", {}, ["confidential", "wrong"]],
    ["an empty secret", {}, ["confidential", ""]],
    ["an unknown client", {}, ["unknown", "wrong"]],
    ["the stand-in for an unknown client", {}, ["nobody", ""]],
    ["an identifier that no client could have", {}, ["\n", "wrong"]],
    ["another method", {}, ["post", secrets.post]],
    ["a wrong secret in the body", { client_id: "post", client_secret: "wrong" }, null],
    ["an unknown client in the body", { client_id: "unknown", client_secret: "wrong" }, null],
    ["an unknown public client", { client_id: "unknown" }, null]
  ] as const)("%s gets the same answer, to the byte", ([, form, credentials]) =>
    Effect.gen(function* () {
      const response = yield* token({ grant_type: "client_credentials", ...form }, credentials)
      assert.strictEqual(response.status, 401)
      assert.strictEqual(
        response.body,
        '{"error":"invalid_client","error_description":"Client authentication failed"}'
      )
      assert.strictEqual(response.headers["www-authenticate"], 'Basic realm="OAuth", charset="UTF-8"')
      assert.strictEqual(response.headers["cache-control"], "no-store")
    })
  )

  it.effect("and is recorded with the name that was claimed, and the address it came from", () =>
    Effect.gen(function* () {
      const { events } = yield* audited(
        Effect.flip(authenticate({ authorization: basic("nobody", "x") })).pipe(
          Effect.andThen(token({ grant_type: "client_credentials" }, ["confidential", "wrong"]))
        )
      )
      assert.deepStrictEqual(events, [
        { _tag: "ClientAuthenticationFailed", clientId: "nobody", remoteAddress: undefined },
        { _tag: "ClientAuthenticationFailed", clientId: "confidential", remoteAddress: "203.0.113.7" }
      ])
    })
  )

  it.effect("success is not recorded as a failure", () =>
    Effect.gen(function* () {
      const { events } = yield* audited(
        authenticate({ authorization: basic("confidential", secrets.confidential) })
      )
      assert.deepStrictEqual(events, [])
    })
  )
})

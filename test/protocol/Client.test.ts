import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Client, Secret } from "effect-oauth"

const decode = Schema.decodeUnknownSync(Client.Client)
const encode = Schema.encodeSync(Client.Client)

describe("RFC 7591 §2 client metadata", () => {
  it("what is left out has the defaults of the RFC", () => {
    const client = Client.make({ client_id: "s6BhdRkqt3" })
    assert.strictEqual(client.tokenEndpointAuthMethod, "client_secret_basic")
    assert.deepStrictEqual(client.grantTypes, ["authorization_code"])
    assert.deepStrictEqual(client.responseTypes, ["code"])
    assert.deepStrictEqual(client.redirectUris, [])
    assert.deepStrictEqual(client.clientSecretHashes, [])
    assert.isFalse("scope" in client)
  })

  it("is read and written by the names of the RFC", () => {
    const metadata = {
      client_id: "s6BhdRkqt3",
      client_secret_hashes: ["ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"],
      client_name: "My Example Client",
      client_uri: "https://client.example",
      logo_uri: "https://client.example/logo.png",
      tos_uri: "https://client.example/tos",
      policy_uri: "https://client.example/policy",
      contacts: ["ve7jtb@example.org"],
      software_id: "4NRB1-0XZABZI9E6-5SM3R",
      software_version: "2.1",
      redirect_uris: ["https://client.example/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
      scope: "read write",
      require_pkce: false,
      introspect_any_token: true
    }
    assert.deepStrictEqual(encode(decode(metadata)), metadata)
  })

  it.prop("what was written is read", [Arbitrary.schema(Client.Client)], ([client]) => {
    assert.deepStrictEqual(decode(encode(client)), client)
  })

  it("metadata that no client can have throws", () => {
    assert.throws(() => Client.make({ client_id: "" }))
    assert.throws(() => Client.make({ client_id: "s6BhdRkqt3", scope: "read\twrite" }))
    assert.throws(() => Client.make({ client_id: "s6BhdRkqt3", client_secret_hashes: ["in clear"] }))
  })
})

describe("RFC 6749 §2.3.1 the client secret", () => {
  const secret = Redacted.make("correct horse battery staple")

  it("is hashed, and goes no further", () => {
    const client = Client.make({ client_id: "reports", client_secret: secret })
    assert.deepStrictEqual(client.clientSecretHashes, [Secret.hash(secret)])
    assert.notInclude(JSON.stringify(client), "correct horse")
    assert.notInclude(JSON.stringify(encode(client)), "correct horse")
  })

  it("may have another beside it, so that it can be replaced without an outage", () => {
    const old = Secret.hash(Redacted.make("old"))
    const client = Client.make({
      client_id: "reports",
      client_secret: secret,
      client_secret_hashes: [old]
    })
    assert.deepStrictEqual(client.clientSecretHashes, [old, Secret.hash(secret)])
  })
})

describe("RFC 6749 Appendix A.1 client_id", () => {
  it.for(["s6BhdRkqt3", "https://client.example/metadata.json", "with space", "~", "x".repeat(255)])(
    "%s",
    (id) => {
      assert.deepStrictEqual(Option.getOrUndefined(Client.parseId(id)), id)
    }
  )

  it.for(["", "é", "a\nb", "\0", "\u007F", "x".repeat(256)])("not %j", (id) => {
    assert.isTrue(Option.isNone(Client.parseId(id)))
  })
})

describe("RFC 6749 §2.1 client types", () => {
  // @covers rfc6749-2.1-a rfc8252-7.2-a rfc8252-8.4-b
  it("a client that registered `none` is public", () => {
    assert.isTrue(Client.isPublic(Client.make({ client_id: "spa", token_endpoint_auth_method: "none" })))
  })

  // @covers rfc6749-2.1-a rfc8252-7.2-a rfc8252-8.4-b
  it("though it should have a secret", () => {
    const client_secret = Redacted.make("kept from before")
    const client = Client.make({ client_id: "spa", token_endpoint_auth_method: "none", client_secret })
    assert.isTrue(Client.isPublic(client))
  })

  // @covers rfc6749-2.1-a rfc8252-7.2-a rfc8252-8.4-b
  it("any other is confidential", () => {
    assert.isFalse(Client.isPublic(Client.make({ client_id: "web" })))
    assert.isFalse(
      Client.isPublic(Client.make({ client_id: "web", token_endpoint_auth_method: "private_key_jwt" }))
    )
  })
})

describe("OAuth 2.0 Multiple Response Type Encoding Practices §5 registered response types", () => {
  const client = Client.make({ client_id: "hybrid", response_types: ["code", "code token"] })
  const allows = (...names: ReadonlyArray<string>) => Client.allowsResponseType(client, new Set(names))

  it("a combination matches in any order", () => {
    assert.isTrue(allows("code", "token"))
    assert.isTrue(allows("token", "code"))
  })

  it("a combination does not register its parts", () => {
    assert.isFalse(allows("token"))
  })

  it("nor one with another part", () => {
    assert.isFalse(allows("code", "id_token"))
    assert.isFalse(allows("id_token", "token"))
  })

  it("two registered types do not register their combination", () => {
    const both = Client.make({ client_id: "both", response_types: ["code", "token"] })
    assert.isFalse(Client.allowsResponseType(both, new Set(["code", "token"])))
  })

  it("a part of a name is not the name", () => {
    assert.isFalse(allows("cod"))
    assert.isFalse(allows())
  })
})

describe("what a person sees", () => {
  it("is what the client calls itself, or its identifier", () => {
    assert.strictEqual(Client.displayName(Client.make({ client_id: "x", client_name: "Photos" })), "Photos")
    assert.strictEqual(Client.displayName(Client.make({ client_id: "x" })), "x")
  })
})

describe("OpenID Connect Dynamic Client Registration §2 client metadata", () => {
  const metadata = {
    client_id: "rp",
    client_secret_hashes: [],
    redirect_uris: ["https://rp.example.com/callback"],
    grant_types: ["authorization_code", "implicit"],
    response_types: ["code id_token"],
    token_endpoint_auth_method: "client_secret_basic",
    jwks: { keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }] },
    jwks_uri: "https://rp.example.com/jwks",
    application_type: "web",
    subject_type: "pairwise",
    sector_identifier_uri: "https://rp.example.com/sector.json",
    id_token_signed_response_alg: "ES256",
    userinfo_signed_response_alg: "RS256",
    default_max_age: 0,
    require_auth_time: true,
    default_acr_values: ["urn:example:loa:1"],
    initiate_login_uri: "https://rp.example.com/login",
    post_logout_redirect_uris: ["https://rp.example.com/bye"],
    backchannel_logout_uri: "https://rp.example.com/logout",
    backchannel_logout_session_required: true
  } as const

  it("is kept, whole, as it is registered", () => {
    const client = Client.make(metadata)
    assert.strictEqual(client.subjectType, "pairwise")
    assert.strictEqual(client.defaultMaxAge, 0)
    assert.strictEqual(client.idTokenSignedResponseAlg, "ES256")
    assert.deepStrictEqual(client.postLogoutRedirectUris, ["https://rp.example.com/bye"])
    assert.deepStrictEqual(encode(client), metadata)
  })

  it("of a client from before is read as if nothing were registered", () => {
    const client = decode({ client_id: "old", redirect_uris: ["https://old.example.com/cb"] })
    assert.notProperty(client, "subjectType")
    assert.notProperty(client, "idTokenSignedResponseAlg")
  })

  it.for([
    { subject_type: "private" },
    { application_type: "desktop" },
    { default_max_age: -1 },
    { default_max_age: 1.5 },
    { default_max_age: "60" },
    { require_auth_time: "yes" },
    { default_acr_values: "one" },
    { post_logout_redirect_uris: "https://rp.example.com/bye" },
    { jwks: [] }
  ])("may not be %j", (wrong) => {
    assert.throws(() => decode({ client_id: "rp", ...wrong }))
  })
})

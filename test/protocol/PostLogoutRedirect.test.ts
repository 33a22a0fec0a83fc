import { assert, describe, it } from "@effect/vitest"
import { Client, PostLogoutRedirect } from "effect-oauth"
import { toLocation } from "../../src/protocol/PostLogoutRedirect.ts"
import { refusalOf, resultOf } from "../support/Flow.ts"

const bye = "https://client.example/bye"
const client = Client.make({
  client_id: "rp",
  post_logout_redirect_uris: [bye, "https://client.example/other"]
})

describe("OpenID Connect RP-Initiated Logout §3 the post_logout_redirect_uri is compared with those registered", () => {
  it.for([bye, "https://client.example/other"])("%s is", (uri) => {
    assert.strictEqual(resultOf(PostLogoutRedirect.requireRegistered(client, uri)).uri, uri)
  })

  it.for([`${bye}/`, `${bye}?a=1`, "HTTPS://client.example/bye", "https://evil.example/bye", ""])(
    "%j is not",
    (uri) => {
      const error = refusalOf(PostLogoutRedirect.requireRegistered(client, uri))
      assert.strictEqual(error._tag, "InvalidRedirectUri")
      assert.strictEqual(error.description, "The post_logout_redirect_uri is not registered for this client")
    }
  )

  it("no text is, of a client that registered none", () => {
    const none = Client.make({ client_id: "none", redirect_uris: [bye] })
    for (const uri of [bye, "Stryker was here"]) {
      assert.strictEqual(
        refusalOf(PostLogoutRedirect.requireRegistered(none, uri)).description,
        "The post_logout_redirect_uri is not registered for this client"
      )
    }
  })

  it("one that should never have been registered is not trusted, whoever wrote it into a store", () => {
    const uri = "http://client.example/bye"
    const careless = Client.make({ client_id: "careless", post_logout_redirect_uris: [uri] })
    assert.strictEqual(
      refusalOf(PostLogoutRedirect.requireRegistered(careless, uri)).description,
      "The redirect URI uses http on a host that is not loopback"
    )
    const policy = { allowHttp: true }
    assert.strictEqual(resultOf(PostLogoutRedirect.requireRegistered(careless, uri, policy)).uri, uri)
  })

  it("a look-alike is not the proof", () => {
    const proof = resultOf(PostLogoutRedirect.requireRegistered(client, bye))
    assert.isTrue(PostLogoutRedirect.is(proof))
    for (const other of [
      { uri: bye },
      { ...proof },
      Object.create(PostLogoutRedirect.prototype),
      bye,
      null
    ]) {
      assert.isFalse(PostLogoutRedirect.is(other))
    }
    assert.isFalse(PostLogoutRedirect.is(undefined))
  })
})

describe("OpenID Connect RP-Initiated Logout §3 the state goes with it", () => {
  const locationOf = (uri: string, state: string | undefined) => {
    const registered = Client.make({ client_id: "rp", post_logout_redirect_uris: [uri] })
    return toLocation(resultOf(PostLogoutRedirect.requireRegistered(registered, uri)), state)
  }

  it.for([
    [bye, undefined, bye],
    [bye, "a&b c", `${bye}?state=a%26b+c`],
    [`${bye}?tenant=1`, "xyz", `${bye}?tenant=1&state=xyz`],
    [`${bye}?tenant=1`, undefined, `${bye}?tenant=1`]
  ] as const)("%s with the state %j goes to %s", ([uri, state, location]) => {
    assert.strictEqual(locationOf(uri, state), location)
  })
})

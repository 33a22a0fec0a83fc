/** What docs/security.md says of the library, held against the library. */
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { HttpMessage } from "effect-oauth/http"
import { codeFor, exchange, introspect, testClient, tokensIn, validate } from "../support/Flow.ts"
import { layer as server } from "../support/TestServer.ts"
import { fullId } from "./Ledger.ts"
import { readSpecifications, root } from "./Repository.ts"

const document = "docs/security.md"
const text = readFileSync(join(root, document), "utf8")

/** What the table of sizes says of a value. */
const size = (value: string): string =>
  text
    .split("\n")
    .find((line) => line.startsWith(`| ${value} |`))
    ?.split("|")[2]
    ?.trim() ?? ""

layer(server)("docs/security.md, what a client can count on", (it) => {
  // @covers rfc6749-4.1.2-i rfc6749-4.2.2-i rfc6749-5.1-h
  it.effect("the sizes", () =>
    Effect.gen(function* () {
      const code = yield* codeFor()
      assert.strictEqual(size("authorization code"), `${code.length}`)
      const { accessToken, refreshToken } = tokensIn(yield* exchange(code))
      assert.strictEqual(size("access token"), `${accessToken.length}, with the default \`TokenFactory\``)
      // The generation of the first is 0, and the format has room for ten digits.
      assert.match(
        size("refresh token"),
        new RegExp(`^${refreshToken.length} to ${refreshToken.length + 9}:`)
      )
      assert.strictEqual(
        size("`jti` in introspection"),
        `${String((yield* introspect(accessToken)).jti).length}`
      )
      assert.include(text, `may have ${HttpMessage.maximumBodySize / 1024} KiB`)
    })
  )

  // @covers rfc6749-3.3-c
  it.effect("the default of the scope", () =>
    Effect.gen(function* () {
      assert.include(text, "A request without `scope` asks for everything that the client registered")
      const { request } = yield* validate({ client_id: "confidential", scope: undefined })
      assert.strictEqual(request.scope, testClient("confidential").scope)
      assert.include(text, "A scope that the server or the client does not have is `invalid_scope`")
    })
  )
})

describe("docs/security.md", () => {
  const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), (match) => match[1] ?? "")

  it("links to what there is", async () => {
    const ids = (await readSpecifications()).flatMap((specification) =>
      specification.requirements.map((requirement) => fullId(specification, requirement))
    )
    assert.isAbove(links.length, 30)
    for (const link of links) {
      const [file = "", anchor] = link.split("#")
      assert.isTrue(existsSync(join(root, dirname(document), file)), link)
      if (anchor !== undefined) assert.include(ids, anchor)
    }
  })
})

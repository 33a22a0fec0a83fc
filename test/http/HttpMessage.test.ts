import { assert, describe, it } from "@effect/vitest"
import * as HttpMessage from "../../src/http/HttpMessage.ts"

describe("answers", () => {
  it.each([
    ["JSON", () => HttpMessage.json(200, {})],
    ["nothing", () => HttpMessage.empty(200)]
  ])("of %s have headers of their own, which an application may change", (_, make) => {
    const answer = make()
    Object.assign(answer.headers, { "x-of-one": "only" })
    assert.notProperty(make().headers, "x-of-one")
  })
})

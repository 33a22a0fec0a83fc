import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { type Covers, coversIn } from "./Coverage.ts"
import { client, met, type Requirement, row } from "./Ledger.ts"
import { problems } from "./Problems.ts"
import { render } from "./Render.ts"
import { isPlace, page, readCoverage, readSpecifications } from "./Repository.ts"

describe("the ledger", async () => {
  const specifications = await readSpecifications()
  const coverage = readCoverage()

  it("has no problems", () => {
    assert.deepStrictEqual(problems(specifications, coverage, isPlace), [])
  })

  it("is what docs/conformance.md says", () => {
    // Not strictEqual: the difference would fill the screen.
    assert.isTrue(readFileSync(page, "utf8") === render(specifications, coverage), "run `npm run ledger`")
  })
})

describe("a problem of the ledger is told", () => {
  const good = row("1.2-a", "It MUST hold.", met("index.ts"))
  const covers: Covers = {
    file: "a.test.ts",
    line: 7,
    title: "holds",
    conditional: false,
    ids: ["rfc1-1.2-a"]
  }
  const found = (requirements: ReadonlyArray<Requirement>, coverage: ReadonlyArray<Covers> = [covers]) =>
    problems([{ key: "rfc1", name: "RFC 1", title: "One", url: "", requirements }], coverage, isPlace)

  it("unless there is none", () => {
    assert.deepStrictEqual(found([good]), [])
    assert.deepStrictEqual(found([row("1.2-a", "It MUST hold.", client)], []), [])
  })

  it("an id that is there twice, or is none", () => {
    assert.deepStrictEqual(found([good, good]), ["rfc1-1.2-a is there twice"])
    assert.deepStrictEqual(found([good, { ...good, id: "1.2", standing: client }]), [
      "rfc1-1.2 is no section with a letter"
    ])
  })

  it("a quotation that demands nothing", () => {
    assert.deepStrictEqual(found([{ ...good, quote: "It may hold." }]), [
      "rfc1-1.2-a quotes no MUST, SHOULD or the like"
    ])
  })

  it("a place that is not there, or none at all", () => {
    for (const place of ["nowhere.ts", "protocol/Pkce.ts#nothing"]) {
      assert.deepStrictEqual(found([{ ...good, standing: met(place) }]), [
        `rfc1-1.2-a is enforced by ${place}, which is not there`
      ])
    }
    assert.deepStrictEqual(found([{ ...good, standing: met("protocol/Pkce.ts#verifyCodeVerifier") }]), [])
    assert.deepStrictEqual(found([{ ...good, standing: met([]) }]), [
      "rfc1-1.2-a is met, and nothing enforces it"
    ])
  })

  it("a demand that is met without a test, or with one that might not run", () => {
    const untested = ["rfc1-1.2-a is met, and no test that always runs covers it"]
    assert.deepStrictEqual(found([good], []), untested)
    assert.deepStrictEqual(found([good], [{ ...covers, conditional: true }]), untested)
  })

  it("a test that covers what there is not, or what is not met, or is none", () => {
    assert.deepStrictEqual(found([good], [covers, { ...covers, ids: ["rfc1-9-z"] }]), [
      "a.test.ts:7 covers rfc1-9-z, which there is not"
    ])
    assert.deepStrictEqual(found([{ ...good, standing: client }]), [
      "a.test.ts:7 covers rfc1-1.2-a, which the ledger does not call met"
    ])
    assert.deepStrictEqual(found([good], [{ ...covers, title: undefined }]), ["a.test.ts:7 is above no test"])
  })
})

describe("a test says what it covers", () => {
  const titles = (text: string) => coversIn("a.test.ts", text).map(({ ids, title }) => [title, ...ids])

  const inSource = (title: string) => title.replace("{", "${")

  it("directly above it, whatever kind of test it is", () => {
    assert.deepStrictEqual(
      titles(`
// @covers a-1-a b-2-b
it("one", () => {})
  // @covers a-1-b
  it.effect.each<readonly [string, Fields]>([
    ["a (", { b: "c)" }], // it's
    ['"', ")", /\\(/]
  ])("two: %s", ([, fields]) =>
// @covers a-1-c
layer(server)("three", (it) => {
    // @covers a-1-d
    it.effect(\`four \${name}\`, () =>
// @covers a-1-e
describe(
  "five \\"or\\" six",
// @covers a-1-f
// @covers a-1-g
    it.effect(name, () =>
`),
      [
        ["one", "a-1-a", "b-2-b"],
        ["two: %s", "a-1-b"],
        ["three", "a-1-c"],
        [inSource("four {name}"), "a-1-d"],
        ['five "or" six', "a-1-e"],
        [inSource("{name}"), "a-1-f"],
        [inSource("{name}"), "a-1-g"]
      ]
    )
  })

  it("and nowhere else", () => {
    assert.deepStrictEqual(titles('// @covers a-1-a\n\nconst a = 1\nit("one", () => {})\n'), [
      [undefined, "a-1-a"]
    ])
  })

  it("and a test that might not run is no proof", () => {
    const conditional = (text: string) => coversIn("a.test.ts", text).map((covers) => covers.conditional)
    assert.deepStrictEqual(conditional('// @covers a-1-a\nit.skip("one", () => {})\n'), [true])
    assert.deepStrictEqual(conditional('// @covers a-1-a\nit.effect("one", () => {})\n'), [false])
    assert.deepStrictEqual(
      conditional('describe.skipIf(!here)("all", () => {\n  // @covers a-1-a\n  it("one", () => {})\n})\n'),
      [true]
    )
  })
})

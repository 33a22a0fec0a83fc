import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { coversIn } from "./Coverage.ts"
import { enforcedBy, fullId, levelOf, needsTest } from "./Ledger.ts"
import { render } from "./Render.ts"
import { isPlace, page, readCoverage, readSpecifications } from "./Repository.ts"

const specifications = await readSpecifications()
const coverage = readCoverage()
const requirements = specifications.flatMap((specification) =>
  specification.requirements.map((requirement) => ({ id: fullId(specification, requirement), requirement }))
)

describe("the ledger", () => {
  it("has every id once", () => {
    const ids = requirements.map(({ id }) => id)
    assert.deepStrictEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      []
    )
  })

  it("quotes a demand in each line, under a section of the specification", () => {
    for (const { id, requirement } of requirements) {
      assert.isDefined(levelOf(requirement), `${id} has no key word`)
      assert.match(requirement.id, /^(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)-[a-z]{1,2}$/, id)
    }
  })

  it("names what enforces a demand, and it is there", () => {
    const missing = requirements.flatMap(({ id, requirement }) =>
      enforcedBy(requirement)
        .filter((place) => !isPlace(place))
        .map((place) => `${id}: ${place}`)
    )
    assert.deepStrictEqual(missing, [])
    for (const { id, requirement } of requirements) {
      if (needsTest(requirement)) assert.isNotEmpty(enforcedBy(requirement), id)
    }
  })

  it("has a test, which always runs, for every demand that is met", () => {
    const covered = new Set(coverage.filter(({ conditional }) => !conditional).flatMap(({ ids }) => ids))
    const untested = requirements
      .filter(({ id, requirement }) => needsTest(requirement) && !covered.has(id))
      .map(({ id }) => id)
    assert.deepStrictEqual(untested, [])
  })

  it("knows every demand that a test covers, and says that it is met", () => {
    const known = new Map(requirements.map(({ id, requirement }) => [id, requirement]))
    for (const { file, ids, line, title } of coverage) {
      assert.isDefined(title, `${file}:${line} is above no test`)
      for (const id of ids) {
        const requirement = known.get(id)
        assert.isDefined(requirement, `${file}:${line} covers ${id}, which there is not`)
        assert.isTrue(
          requirement !== undefined && needsTest(requirement),
          `${file}:${line} covers ${id}, which the ledger does not say is met`
        )
      }
    }
  })

  it("is what docs/conformance.md says: `npm run ledger` writes it", () => {
    // Not strictEqual: the difference would fill the screen.
    assert.isTrue(readFileSync(page, "utf8") === render(specifications, coverage), "run `npm run ledger`")
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

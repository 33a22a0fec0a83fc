import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import {
  CapturedServices,
  ComplementedServices,
  complementOf
} from "../../src/services/internal/ComplementedServices.ts"

const ofLayers = [Scope.Scope.key, Layer.CurrentMemoMap.key]
const Name = Schema.Literals(["a", "b", "c", "d", ...ofLayers])

const services = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Tuple([Name, Schema.Literals([1, 2, 3, "none"])])), {
    maxLength: 8
  }),
  (entries) =>
    new Map<string, unknown>(entries.map(([name, value]) => [name, value === "none" ? undefined : value]))
)

/** What is to be found, with everything copied. */
const copied = (all: ReadonlyMap<string, unknown>, brought: ReadonlyMap<string, unknown>) =>
  new Map([...all, ...brought, ...Array.from(all).filter(([name]) => !ofLayers.includes(name))])

const sorted = (entries: Iterable<readonly [string, unknown]>) =>
  Array.from(entries).sort(([a], [b]) => (a < b ? -1 : 1))

describe("the services of a request", () => {
  it.prop(
    "are the server's own, what the request came with, and the server's Scope",
    { all: services, brought: services, added: services },
    ({ added, all, brought }) => {
      // As the context of a request is: some were added to others.
      const context = Array.from(added).reduce(
        (context, [name, service]) => Context.add(context, Context.Service<unknown>(name), service),
        Context.makeUnsafe<never>(brought)
      )
      const found = new ComplementedServices(new CapturedServices(all), context)
      const expected = copied(all, new Map([...brought, ...added]))
      for (const name of [...Name.literals, "nobody's"]) {
        assert.strictEqual(found.get(name), expected.get(name))
        assert.strictEqual(found.has(name), expected.has(name))
      }
      assert.strictEqual(found.size, expected.size)
      assert.deepStrictEqual(sorted(found), sorted(expected))
      assert.deepStrictEqual(sorted(found.entries()), sorted(expected))
      assert.deepStrictEqual(Array.from(found.keys()).sort(), Array.from(expected.keys()).sort())
      assert.sameMembers(Array.from(found.values()), Array.from(expected.values()))
      const each: Array<[string, unknown]> = []
      found.forEach((service, name, services) => {
        assert.strictEqual(services, found)
        each.push([name, service])
      })
      assert.deepStrictEqual(sorted(each), sorted(expected))
    },
    { arbitrary: { runs: 500 } }
  )

  it("are a context's like any other's, to which more can be added", () => {
    const captured = new CapturedServices(new Map([["a", 1]]))
    const { context } = new ComplementedServices<never>(captured, Context.makeUnsafe(new Map([["b", 2]])))
    const more = Context.add(context, Context.Service<number>("c"), 3)
    assert.deepStrictEqual(
      sorted(more.mapUnsafe),
      sorted([
        ["a", 1],
        ["b", 2],
        ["c", 3]
      ])
    )
    for (let asked = 0; asked < 20; asked++) {
      assert.strictEqual(Context.getOrUndefined(more, Context.Service<number>("a")), 1)
      assert.strictEqual(Context.getOrUndefined(more, Context.Service<number>("b")), 2)
      assert.strictEqual(Context.getOrUndefined(more, Context.Service<number>("d")), undefined)
    }
  })

  it("are known to be complemented as long as nothing was added", () => {
    const captured = new CapturedServices(new Map([["a", 1]]))
    const plain = Context.makeUnsafe<never>(new Map([["b", 2]]))
    const complemented = new ComplementedServices<never>(captured, plain)
    assert.strictEqual(complementOf(complemented.context), complemented)
    assert.strictEqual(complementOf(plain), undefined)
    const more = Context.add(complemented.context, Context.Service<number>("a"), 2)
    assert.strictEqual(complementOf(more), undefined)
  })

  it("that were captured are within others that have them all, each in its own Scope", () => {
    const [a, b] = [Scope.makeUnsafe(), Scope.makeUnsafe()]
    const captured = new CapturedServices(
      new Map<string, unknown>([
        ["a", 1],
        ["u", undefined],
        [Scope.Scope.key, a]
      ])
    )
    const others = (...entries: ReadonlyArray<[string, unknown]>) =>
      captured.isWithin(new Map<string, unknown>(entries))
    assert.isTrue(others(["a", 1], ["u", undefined], [Scope.Scope.key, b]))
    assert.isTrue(others(["a", 1], ["u", undefined], [Scope.Scope.key, a], ["more", 2]))
    assert.isFalse(others(["a", 2], ["u", undefined], [Scope.Scope.key, a]))
    assert.isFalse(others(["a", 1], ["u", undefined]))
    assert.isFalse(others(["a", 1], [Scope.Scope.key, a], [Layer.CurrentMemoMap.key, a]))
    assert.isFalse(others(["a", 1], [Scope.Scope.key, a]))
    assert.isFalse(others(["u", undefined], [Scope.Scope.key, a]))
  })
})

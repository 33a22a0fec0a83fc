import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import { vi } from "vitest"
import { CapturedServices, complementOf } from "../../src/services/internal/ComplementedServices.ts"
import { provideRequestContext } from "../../src/services/RequestContext.ts"

class Name extends Context.Service<Name, string>()("Name") {}
class Request extends Context.Service<Request, number>()("Request") {}
class Colour extends Context.Service<Colour, string>()("Colour") {}

const whoIsIt = Effect.all([
  Name,
  Effect.map(
    Effect.serviceOption(Colour),
    Option.getOrElse(() => "none")
  )
])

const answerIn = <A, E>(context: Context.Context<never>, self: Effect.Effect<A, E>) =>
  Effect.updateContext(self, (_: Context.Context<never>) => context)

describe("the context of a request", () => {
  it.effect("is what was there when the Layer was built, with what the request brings besides", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      assert.deepStrictEqual(yield* Effect.provideService(provide(whoIsIt), Colour, "red"), [
        "the Layer's",
        "red"
      ])
      assert.deepStrictEqual(yield* provide(whoIsIt), ["the Layer's", "none"])
    })
  )

  it.effect("wins over what the request brings of the same name", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const [name] = yield* Effect.provideService(provide(whoIsIt), Name, "the request's")
      assert.strictEqual(name, "the Layer's")
    })
  )

  it.effect("goes with the request, also when the next one brings something else", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      for (const colour of ["red", "green", "red"]) {
        const [, seen] = yield* Effect.provideService(provide(whoIsIt), Colour, colour)
        assert.strictEqual(seen, colour)
      }
    })
  )

  it.effect("of a part is the part's, whatever that has of the endpoint's", () =>
    Effect.gen(function* () {
      const endpoint = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the endpoint's")
      const same = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the endpoint's")
      const other = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the part's")
      const more = yield* provideRequestContext<Name | Colour>().pipe(
        Effect.provideService(Name, "the endpoint's"),
        Effect.provideService(Colour, "red")
      )
      for (const request of [1, 2]) {
        const run = (part: Effect.Effect<unknown>) =>
          endpoint(part).pipe(Effect.provideService(Request, request))
        assert.deepStrictEqual(yield* run(same(whoIsIt)), ["the endpoint's", "none"])
        assert.deepStrictEqual(yield* run(other(whoIsIt)), ["the part's", "none"])
        assert.deepStrictEqual(yield* run(more(whoIsIt)), ["the endpoint's", "red"])
        assert.deepStrictEqual(yield* run(whoIsIt.pipe(endpoint, other)), ["the endpoint's", "none"])
      }
    })
  )

  it.effect("is nothing that a value needs, or an error", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const [value, error] = [Effect.succeed(1), Effect.fail("no")]
      assert.strictEqual(provide(value), value)
      assert.strictEqual(provide(error), error)
    })
  )

  it.effect("is each request's own while others are answered", () =>
    Effect.gen(function* () {
      const endpoint = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const part = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const seen = yield* Effect.forEach(
        ["red", "green", "blue"],
        (colour) =>
          endpoint(Effect.andThen(Effect.yieldNow, part(whoIsIt))).pipe(
            Effect.provideService(Colour, colour)
          ),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(seen, [
        ["the Layer's", "red"],
        ["the Layer's", "green"],
        ["the Layer's", "blue"]
      ])
    })
  )

  it.effect("wins over what was put between an endpoint and its part", () =>
    Effect.gen(function* () {
      const endpoint = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const part = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      for (const request of [1, 2]) {
        const seen = yield* endpoint(Effect.provideService(part(whoIsIt), Name, "between")).pipe(
          Effect.provideService(Request, request)
        )
        assert.deepStrictEqual(seen, ["the Layer's", "none"])
      }
    })
  )

  it.effect("has the Scope of a request that has one, and the Layer's else", () =>
    Effect.gen(function* () {
      const [ofLayer, ofRequest] = [yield* Scope.make(), yield* Scope.make()]
      const captured = yield* provideRequestContext<Scope.Scope>().pipe(
        Effect.provideService(Scope.Scope, ofLayer)
      )
      const part = yield* provideRequestContext<Scope.Scope>().pipe(
        Effect.provideService(Scope.Scope, yield* Scope.make())
      )
      const scopeIn = (context: Context.Context<never>) => answerIn(context, captured(part(Effect.scope)))
      const [red, green] = [Context.make(Colour, "red"), Context.make(Colour, "green")]
      for (const context of [red, green, green, red]) {
        assert.strictEqual(yield* scopeIn(context), ofLayer)
        assert.strictEqual(yield* scopeIn(Context.add(context, Scope.Scope, ofRequest)), ofRequest)
      }
    })
  )

  it.effect("has a Scope that an endpoint has none of, where a part was installed in one", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const endpoint = yield* answerIn(Context.empty(), provideRequestContext<never>())
      const part = yield* Effect.provideService(provideRequestContext<Scope.Scope>(), Scope.Scope, scope)
      for (const request of [1, 2, 3]) {
        const seen = yield* answerIn(Context.make(Request, request), endpoint(part(Effect.scope)))
        assert.strictEqual(seen, scope)
      }
    })
  )

  it.effect("of a part is its endpoint's, which is looked through once", () =>
    Effect.gen(function* () {
      using isWithin = vi.spyOn(CapturedServices.prototype, "isWithin")
      const endpoint = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const part = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const twice = Effect.andThen(part(Effect.context<never>()), part(Effect.context<never>()))
      const asked: Array<number> = []
      for (const request of [1, 2, 3, 4]) {
        const [ofEndpoint, ofPart] = yield* Effect.all([Effect.context<never>(), twice]).pipe(
          endpoint,
          Effect.provideService(Request, request)
        )
        assert.strictEqual(ofPart, ofEndpoint)
        asked.push(isWithin.mock.calls.length)
      }
      // Of the first request both ask what it came in, and of the second the part asks for its endpoint's.
      assert.deepStrictEqual(asked, [2, 3, 3, 3])
    })
  )

  it.effect("is copied for what comes in one context, and for nothing else", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.provideService(provideRequestContext<Name>(), Name, "the Layer's")
      const isCopied = (context: Context.Context<never>) =>
        Effect.map(
          answerIn(context, provide(Effect.context<never>())),
          (context) => complementOf(context) === undefined
        )
      const [first, second, third] = [
        Context.make(Request, 1),
        Context.make(Request, 2),
        Context.make(Request, 3)
      ]
      assert.isTrue(yield* isCopied(first))
      assert.isTrue(yield* isCopied(first))
      assert.isFalse(yield* isCopied(second))
      assert.isFalse(yield* isCopied(third))
      assert.isTrue(yield* isCopied(third))
      assert.isFalse(yield* isCopied(first))
    })
  )

  it.effect("is the caller's own where that has everything, and what one caller has for the rest", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.scoped(
        Effect.provideService(provideRequestContext<Name>(), Name, "the same")
      )
      const inner = provide(Effect.context<never>())
      const outer = yield* Effect.provideService(Effect.context<Name>(), Name, "the same")
      const other = Context.add(outer, Name, "another")
      const inOf = (context: Context.Context<never>) => answerIn(context, inner)

      assert.strictEqual(yield* inOf(outer), outer)
      assert.notStrictEqual(yield* inOf(other), other)
      const made = yield* inOf(other)
      assert.strictEqual(yield* inOf(other), made)
      assert.strictEqual(Context.getOrUndefined(made, Name), "the same")
      yield* inOf(outer)
      assert.strictEqual(yield* inOf(outer), outer)
    })
  )
})

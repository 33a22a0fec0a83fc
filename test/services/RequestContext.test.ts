import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
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

  it.effect("is the caller's own where that has everything already, whatever its Scope", () =>
    Effect.gen(function* () {
      const provide = yield* Effect.scoped(
        Effect.provideService(provideRequestContext<Name>(), Name, "the same")
      )
      const seen = yield* Effect.context<never>().pipe(
        Effect.flatMap((outer) => Effect.map(provide(Effect.context<never>()), (inner) => inner === outer)),
        Effect.provideService(Name, "the same"),
        Effect.provideService(Scope.Scope, yield* Scope.make())
      )
      assert.isTrue(seen)
    })
  )
})

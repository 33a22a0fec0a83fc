import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as TestClock from "effect/testing/TestClock"
import { AuditLog } from "effect-oauth"

interface Line {
  readonly message: unknown
  readonly level: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** What Effect's logger gets. */
const collector = (lines: Array<Line>) =>
  Logger.make(({ fiber, logLevel, message }) => {
    lines.push({ message, level: logLevel, facts: fiber.getRef(References.CurrentLogAnnotations) })
  })

const failure = AuditLog.record({
  _tag: "ClientAuthenticationFailed",
  clientId: "bot",
  remoteAddress: "203.0.113.7"
})

const replay = AuditLog.record({ _tag: "CodeReplayed", clientId: "app", grantId: "g" })

it.effect(
  "what a stranger can bring about is logged ten times a second, and what is left out is counted",
  () => {
    const lines: Array<Line> = []
    return Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      yield* Effect.replicateEffect(failure, 25)
      assert.lengthOf(lines, 10)
      assert.deepStrictEqual(lines[0], {
        message: ["ClientAuthenticationFailed"],
        level: "Warn",
        facts: { clientId: "bot", remoteAddress: "203.0.113.7" }
      })
      yield* TestClock.adjust("999 millis")
      yield* failure
      assert.lengthOf(lines, 10)
      yield* TestClock.adjust("1 millis")
      yield* failure
      assert.deepStrictEqual(
        lines.slice(10).map(({ facts }) => facts),
        [{ clientId: "bot", remoteAddress: "203.0.113.7", leftOut: 16 }]
      )
      yield* failure
      assert.isFalse("leftOut" in (lines[11]?.facts ?? {}))
    }).pipe(Effect.provide(Logger.layer([collector(lines)])))
  }
)

it.effect("a stolen credential is logged each time", () => {
  const lines: Array<Line> = []
  return Effect.gen(function* () {
    yield* Effect.replicateEffect(replay, 25)
    assert.lengthOf(lines, 25)
  }).pipe(Effect.provide(Logger.layer([collector(lines)])))
})

it.effect("the everyday is logged at debug level", () => {
  const lines: Array<Line> = []
  const everyday = AuditLog.record({ _tag: "ConsentDenied", clientId: "app" })
  return Effect.gen(function* () {
    yield* everyday
    assert.lengthOf(lines, 0)
    yield* Effect.provideService(everyday, References.MinimumLogLevel, "Debug")
    assert.deepStrictEqual(lines, [
      { message: ["ConsentDenied"], level: "Debug", facts: { clientId: "app" } }
    ])
  }).pipe(Effect.provide(Logger.layer([collector(lines)])))
})

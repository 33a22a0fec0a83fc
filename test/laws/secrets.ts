import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { StorageError } from "effect-oauth"
import { type Faults, Flows, Wire } from "effect-oauth/testing"
import { histories, nothing, play, showHistory } from "./support/History.ts"
import { open, people, resourceServer, showWorld, worlds } from "./support/House.ts"
import { Broken, law, require } from "./support/Law.ts"
import { Rows } from "./support/Rows.ts"

/** At such a call of a store something is wrong: it fails, or dies. */
const Trouble = Schema.Struct({
  call: Schema.Int.check(Schema.isBetween({ minimum: 6, maximum: 60 })),
  strike: Schema.Literals(["fail", "die"])
})

export const secrets = law(
  "no secret that any participant held occurs in any log line, span, error, page or stored row",
  {
    given: Arbitrary.all({
      world: worlds,
      history: histories(12),
      troubles: Arbitrary.array(Arbitrary.schema(Trouble), { maxLength: 2 })
    }),
    show: ({ history, troubles, world }) =>
      `${showWorld(world)}\n${showHistory(history)}\n  ${JSON.stringify(troubles)}`,
    holds: ({ history, troubles, world }, house) => {
      const seen = new Seen()
      const faults = troubles.map(
        ({ call, strike }): Faults.Fault => ({
          call,
          strike: strike === "fail" ? failing : Effect.die(new Error("a defect that a test asked for"))
        })
      )
      return Effect.gen(function* () {
        const wire = yield* Wire.Wire
        const held = nothing()
        const watched = Wire.Wire.of({
          issuer: wire.issuer,
          send: (sent) =>
            Effect.map(wire.send(sent), (answer) => {
              seen.exchange(sent, answer)
              return answer
            })
        })
        for (const command of history) {
          const played = Effect.provideService(play(world, held, command), Wire.Wire, watched)
          // Only a sweep, which no server stands around, shows what is wrong with a store.
          yield* command._tag === "Sweep" ? Effect.exit(played) : played
        }
        for (const token of [...held.accessTokens, ...held.refreshTokens]) {
          const asked = Effect.ignore(Flows.introspect(resourceServer, token.text))
          yield* Effect.provideService(asked, Wire.Wire, watched)
        }
        for (const { secret } of [...world.clients, resourceServer]) {
          if (secret !== undefined) seen.secrets.set(secret, "a client's secret")
        }
        for (const { password } of people) seen.secrets.set(password, "a password")
        const leak = seen.leak()
        yield* require(seen.lines.length > 0, () => "nobody listened")
        if (leak !== undefined) return yield* new Broken({ problem: leak })
      }).pipe(
        Effect.provide(
          open(world, house, {
            faults,
            references: seen.layer,
            around: (stores) => Rows((row) => seen.write("a row", row)).pipe(Layer.provideMerge(stores))
          })
        )
      )
    }
  }
)

const failing = Effect.suspend(() =>
  Effect.fail(new StorageError({ operation: "a test", cause: "it asked" }))
)

/** All that anybody could read afterwards, and all that nobody may. */
class Seen {
  /** By what they are. */
  readonly secrets = new Map<string, string>()
  readonly lines: Array<readonly [where: string, text: string]> = []
  readonly spans: Array<Tracer.NativeSpan> = []

  write(where: string, what: unknown): void {
    this.lines.push([where, textOf(what)])
  }

  /** What goes over the wire: who sends a secret or is given one holds it, and an answer says no other. */
  exchange(sent: Wire.Sent, answer: Wire.Answer): void {
    const form = new URLSearchParams(typeof sent.body === "string" ? sent.body : "")
    for (const name of ["code_verifier", "code", "refresh_token", "token", "interaction", "password"]) {
      this.#hold(form.get(name), name)
    }
    for (const cookie of (sent.headers?.cookie ?? "").split("; "))
      this.#hold(cookie.split("=")[1], "a cookie")
    const cookie = /^[^=]+=([^;]*)/.exec(answer.headers["set-cookie"] ?? "")?.[1]
    this.#hold(cookie, "a cookie")
    this.#hold(cookie?.split(".")[1], "a cookie's secret")

    // What an answer is for, it says; everything else it must not.
    const { "set-cookie": _, ...headers } = answer.headers
    const json = Flows.jsonOf(answer)
    const redirect = Flows.redirectOf(answer)
    const given = [
      json.access_token,
      json.refresh_token,
      json.id_token,
      redirect?.parameters.code,
      redirect?.parameters.access_token,
      redirect?.parameters.id_token,
      interactionOf(answer)
    ]
    let text = `${JSON.stringify(headers)} ${answer.body}`
    for (const secret of given) {
      if (typeof secret !== "string" || secret === "") continue
      this.#hold(secret, "a token, a code or an interaction")
      text = text.replaceAll(secret, "")
    }
    this.lines.push([`an answer (${answer.status})`, text])
  }

  #hold(secret: string | null | undefined, what: string): void {
    if (secret !== null && secret !== undefined && secret.length >= 8) this.secrets.set(secret, what)
  }

  /** The first secret that somebody could read. */
  leak(): string | undefined {
    for (const span of this.spans)
      this.write(`the span ${span.name}`, [span.attributes, span.events, span.status])
    for (const [secret, what] of this.secrets) {
      const forms = [secret, encodeURIComponent(secret), btoa(encodeURIComponent(secret))]
      for (const [where, text] of this.lines) {
        if (forms.some((form) => text.includes(form))) return `${what} (${secret}) is in ${where}: ${text}`
      }
    }
    return undefined
  }

  readonly layer: Layer.Layer<never> = Layer.mergeAll(
    Logger.layer([
      Logger.make(({ cause, fiber, message }) => {
        const annotations = fiber.getRef(References.CurrentLogAnnotations)
        this.write("a log line", [message, Cause.pretty(cause), annotations])
      })
    ]),
    Layer.succeed(References.MinimumLogLevel, "All"),
    Layer.succeed(
      Tracer.Tracer,
      Tracer.make({
        span: (options) => {
          const span = new Tracer.NativeSpan(options)
          this.spans.push(span)
          return span
        }
      })
    )
  )
}

const interactionOf = ({ body }: Wire.Answer) => /name="interaction" value="([^"]*)"/.exec(body)?.[1]

const textOf = (what: unknown): string =>
  JSON.stringify(what, (_, value: unknown) => {
    if (value instanceof Map) return Array.from(value)
    if (typeof value === "bigint") return String(value)
    if (Option.isOption(value)) return Option.getOrUndefined(value)
    // A hash is all right, what is redacted stays so, and an error has more than its properties.
    if (value instanceof Error) return { ...value, message: value.message, stack: value.stack }
    return value
  })

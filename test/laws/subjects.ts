import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Flows, type TestClient, Wire } from "effect-oauth/testing"
import { type Held, type HeldToken, histories, nothing, play, showHistory } from "./support/History.ts"
import { open, openIdWorlds, showWorld } from "./support/House.ts"
import { Broken, law } from "./support/Law.ts"
import { claimOf } from "./support/RelyingParty.ts"

export const subjects = law(
  "a person has one name for all pairwise clients of a sector, another for every other sector, and their own for public clients only",
  {
    given: Arbitrary.all({ world: openIdWorlds, history: histories(14) }),
    show: ({ history, world }) => `${showWorld(world)}\n${showHistory(history)}`,
    size: 14,
    holds: ({ history, world }, house) =>
      Effect.gen(function* () {
        const held = nothing()
        for (const command of history) yield* play(world, held, command)
        const known = new Map<string, string>()
        for (const { client, person, sub, where } of yield* allThatIsTold(held)) {
          const who = JSON.stringify([sectorOf(client), person.username])
          const before = known.get(who) ?? sub
          if (sub !== before) return yield* broken(`${who} is ${sub} in ${where}, and was ${before}`)
          known.set(who, sub)
          const isPublic = sub === person.username
          if (isPublic !== (client.client.subjectType !== "pairwise")) {
            return yield* broken(`${who} is ${sub} in ${where}`)
          }
        }
        if (new Set(known.values()).size < known.size) {
          return yield* broken(`one for two: ${JSON.stringify(Array.from(known))}`)
        }
      }).pipe(Effect.provide(open(world, house)))
  }
)

const broken = (problem: string) => new Broken({ problem })

interface Told {
  readonly client: TestClient.TestClient
  readonly person: Flows.Person
  readonly sub: string
  readonly where: string
}

/** All that a client learns of people, wherever it may look. */
const allThatIsTold = Effect.fnUntraced(function* (held: Held) {
  const told: Array<Told> = held.idTokens.map(({ asked, client, text }) => ({
    client,
    person: asked.person,
    sub: String(claimOf(text, "sub")),
    where: "an ID token"
  }))
  for (const token of held.accessTokens) {
    if (token.person === undefined) continue
    const { client, person, text } = token
    const add = (where: string, sub: unknown) => {
      if (typeof sub === "string") told.push({ client, person, sub, where })
    }
    if (text.split(".").length === 3) add("an access token", claimOf(text, "sub"))
    add("userinfo", (yield* userinfo(token)).sub)
    const said = yield* Effect.result(Flows.introspect(client, text))
    if (Result.isFailure(said)) continue
    add("introspection", said.success.sub)
    // RFC 7662 §5
    if (client.client.subjectType === "pairwise") add("introspection (username)", said.success.username)
  }
  return told
})

const userinfo = Effect.fnUntraced(function* ({ text }: HeldToken) {
  const { send } = yield* Wire.Wire
  return Flows.jsonOf(yield* send({ path: "/userinfo", headers: { authorization: `Bearer ${text}` } }))
})

// Written without a look at how the server does it (OpenID Connect Core §8.1).
const sectorOf = ({ client }: TestClient.TestClient): string =>
  client.subjectType === "pairwise"
    ? new URL(client.sectorIdentifierUri ?? client.redirectUris[0] ?? "").host.replace(/:\d+$/, "")
    : "everybody"

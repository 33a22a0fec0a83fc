import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Option, Schema } from "effect"
import { TestClock } from "effect/testing"
import { ResourceOwner } from "effect-oauth"
import { Flows, TestClient, TestServer } from "effect-oauth/testing"
import * as Staff from "./Staff.ts"

const intranet = TestClient.make({
  client_id: "intranet",
  client_secret: "the secret of the intranet",
  redirect_uris: ["https://intranet.example/callback"],
  grant_types: ["authorization_code", "refresh_token"],
  scope: "calendar"
})

/** Any employees; their numbers and logins are their own. */
const employees = Arbitrary.map(
  Arbitrary.array(
    Arbitrary.all({
      password: Arbitrary.schema(Schema.String.check(Schema.isPattern(/^[ -~]{1,20}$/))),
      emailVerified: Arbitrary.schema(Schema.Boolean),
      hasLeft: Arbitrary.schema(Schema.Boolean)
    }),
    { minLength: 1, maxLength: 5 }
  ),
  (some) =>
    some.map(
      (employee, index): Staff.Employee => ({
        ...employee,
        number: `e-${index}`,
        login: `person${index}`,
        email: `person${index}@example.com`
      })
    )
)

const serverWith = (staff: ReadonlyArray<Staff.Employee>) =>
  TestServer.layer({ clients: [intranet], resourceOwner: Staff.layer(staff) })

describe("staff", () => {
  it.effect.prop(
    "whoever has not left signs in, in whatever case they write their name",
    [employees],
    ([staff]) =>
      Effect.gen(function* () {
        for (const { hasLeft, login, number, password } of staff) {
          const person = { username: ` ${login.toUpperCase()} `, password }
          const signedIn = yield* Effect.result(Flows.signIn({ client: intranet, person }))
          assert.strictEqual(signedIn._tag, hasLeft ? "Failure" : "Success")
          if (signedIn._tag === "Failure") continue
          const said = yield* Flows.introspect(intranet, signedIn.success.accessToken)
          assert.deepStrictEqual([said.sub, said.username], [number, login])
          yield* TestClock.adjust("10 minutes")
          const later = yield* Flows.introspect(intranet, signedIn.success.accessToken)
          assert.isFalse(later.active)
        }
      }).pipe(Effect.provide(serverWith(staff)))
  )

  it.effect.prop(
    "no address is told that is not verified, and nothing of those who left",
    [employees],
    ([staff]) =>
      Effect.gen(function* () {
        const people = yield* ResourceOwner.ResourceOwner
        for (const { emailVerified, hasLeft, number } of staff) {
          const asked = people.claims?.(number, { names: ["email"], locales: [] }) ?? Effect.succeedNone
          const told = Option.getOrUndefined(yield* asked)
          assert.strictEqual(told === undefined, hasLeft)
          assert.strictEqual(told?.email !== undefined, emailVerified && !hasLeft)
        }
      }).pipe(Effect.provide(Staff.layer(staff)))
  )
})

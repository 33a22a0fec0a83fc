/** An application's own people: who may sign in, and what clients learn of them. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { ResourceOwner } from "effect-oauth"

export interface Employee {
  readonly number: string
  readonly login: string
  readonly password: string
  readonly email: string
  readonly emailVerified: boolean
  readonly hasLeft: boolean
}

/** The policy: those who have left are nobody, and an address counts once it is verified. */
export const layer = (employees: ReadonlyArray<Employee>): Layer.Layer<ResourceOwner.ResourceOwner> => {
  const find = (is: (employee: Employee) => boolean) =>
    Effect.sync(() => Option.fromNullishOr(employees.find((employee) => !employee.hasLeft && is(employee))))
  const identityOf = Option.map(
    ({ login, number }: Employee): ResourceOwner.Identity => ({ subject: number, username: login })
  )
  return Layer.succeed(ResourceOwner.ResourceOwner, {
    authenticate: ({ password, username }) =>
      Effect.map(
        find(
          (employee) =>
            employee.login === username.trim().toLowerCase() &&
            // A real one would compare a hash, and take as long for an unknown name.
            employee.password === Redacted.value(password)
        ),
        identityOf
      ),
    find: (subject) =>
      Effect.map(
        find(({ number }) => number === subject),
        identityOf
      ),
    claims: (subject) =>
      Effect.map(
        find(({ number }) => number === subject),
        Option.map(({ email, emailVerified, login }) => ({
          preferred_username: login,
          ...(emailVerified && { email, email_verified: true })
        }))
      )
  })
}

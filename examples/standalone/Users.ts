/** The people: those of USERS_FILE, or one to try the server with. */
import { Effect, Layer, Option, Redacted, Schema } from "effect"
import { ResourceOwner } from "effect-oauth"
import { describe, type Entry, readEntries } from "./JsonFile.ts"
import * as Password from "./Password.ts"
import { SettingError } from "./SettingError.ts"
import type { Settings } from "./Settings.ts"

const Account = Schema.Struct({
  sub: Schema.NonEmptyString,
  username: Schema.NonEmptyString,
  password: Schema.RedactedFromValue(Schema.NonEmptyString)
})

/** A person as the file has them. What else it says of them are claims (OpenID Connect Core §5.1). */
type User = typeof Account.Type & { readonly claims: Schema.JsonObject }

const demoPassword = "demo-password"

const demoUser: User = {
  sub: "demo",
  username: "demo",
  password: Redacted.make(demoPassword),
  claims: {
    name: "Demo Person",
    given_name: "Demo",
    family_name: "Person",
    preferred_username: "demo",
    zoneinfo: "Europe/London",
    locale: "en",
    updated_at: 1735689600,
    email: "demo@example.com",
    email_verified: true,
    address: { formatted: "1 Demo Street, London", locality: "London", country: "GB" },
    phone_number: "+44 20 7946 0000",
    phone_number_verified: false
  }
}

/** Who may sign in. Fails with a `SettingError` that says which user has what wrong. */
export const layer = (settings: Settings) =>
  Layer.effect(
    ResourceOwner.ResourceOwner,
    Effect.gen(function* () {
      const accounts = yield* Effect.forEach(yield* read(settings), makeAccount, { concurrency: 4 })
      const byUsername = new Map(accounts.map((account) => [account.identity.username, account]))
      const bySubject = new Map(accounts.map((account) => [account.identity.subject, account]))
      const nobody = yield* Password.hash(Redacted.make("nobody"))
      return {
        authenticate: Effect.fnUntraced(function* ({ password, username }) {
          const account = byUsername.get(username)
          // Somebody unknown takes as long as somebody with another password.
          const matches = yield* Password.verify(password, account?.password ?? nobody)
          return account !== undefined && matches ? Option.some(account.identity) : Option.none()
        }),
        find: (subject) => Effect.succeed(Option.fromUndefinedOr(bySubject.get(subject)?.identity)),
        claims: (subject) => Effect.succeed(Option.fromUndefinedOr(bySubject.get(subject)?.claims))
      }
    })
  )

const makeAccount = ({ claims, password, sub, username }: User) =>
  Effect.map(Password.hash(password), (password) => ({
    identity: { subject: sub, username },
    password,
    claims
  }))

const read = Effect.fnUntraced(function* ({ usersFile }: Settings) {
  if (Option.isNone(usersFile)) {
    yield* Effect.logWarning(
      `USERS_FILE is not set: "${demoUser.username}" can sign in with "${demoPassword}"`
    )
    return [demoUser]
  }
  const entries = yield* readEntries({
    setting: "USERS_FILE",
    path: usersFile.value,
    kind: "user",
    id: "username"
  })
  const users: Array<User> = []
  for (const entry of entries) {
    const user = yield* decode(entry)
    if (users.some(({ sub }) => sub === user.sub)) return yield* refuse(entry, "sub: another user has it")
    if (users.some(({ username }) => username === user.username)) {
      return yield* refuse(entry, "username: another user has it")
    }
    users.push(user)
  }
  return users
})

const decode = (entry: Entry) =>
  Effect.gen(function* () {
    const account = yield* Schema.decodeUnknownEffect(Account)(entry.value)
    const { password: _, sub: __, username: ___, ...claims } = entry.value
    const user: User = { ...account, claims: yield* Schema.decodeUnknownEffect(Schema.JsonObject)(claims) }
    return user
  }).pipe(Effect.catch((error) => refuse(entry, describe(error))))

const refuse = ({ where }: Entry, problem: string) =>
  Effect.fail(new SettingError({ setting: "USERS_FILE", problem: `${where}: ${problem}` }))

/** Two processes of the standalone server over one backend, and a client that takes turns between them. */
import { createHash, randomBytes } from "node:crypto"
import { Effect, Redacted } from "effect"
import { Client, GrantStore, Scope, Secret } from "effect-oauth"
import { type Code, confidential, redirectUri } from "../../standalone/support/Http.ts"
import { type StandaloneServer, withFolder, withServerIn } from "../../standalone/support/StandaloneServer.ts"
import type { Backend } from "./Backend.ts"

export interface Servers {
  readonly both: ReadonlyArray<StandaloneServer>
  /** The origin of one of them, by turns. */
  readonly next: () => string
}

/** Starts both at once; their processes are gone after `use`. */
export const withServers = <A>(
  { settings }: Backend,
  more: Readonly<Record<string, string>>,
  use: (servers: Servers) => Promise<A>
): Promise<A> =>
  withFolder(async (folder) => {
    const started: Array<StandaloneServer> = []
    let free = (): void => undefined
    const done = new Promise<void>((resolve) => {
      free = resolve
    })
    const ready = Array.from(
      { length: 2 },
      () =>
        new Promise<StandaloneServer>((resolve, reject) => {
          withServerIn(folder, { ...settings, ...more }, (server) => {
            started.push(server)
            resolve(server)
            return done
          }).catch(reject)
        })
    )
    try {
      const both = await Promise.all(ready)
      let turn = 0
      return await use({ both, next: () => both[turn++ % both.length]?.origin ?? "" })
    } finally {
      free()
      await Promise.all(started.map(({ exited }) => exited))
    }
  })

/** Codes that are as if a person had approved of them just now. */
export const mint = ({ grants }: Backend, count: number): Promise<ReadonlyArray<Code>> =>
  Effect.gen(function* () {
    const store = yield* GrantStore.GrantStore
    return yield* Effect.forEach(
      Array.from({ length: count }),
      Effect.fnUntraced(function* () {
        const code = randomBytes(32).toString("base64url")
        const verifier = randomBytes(32).toString("base64url")
        const now = Date.now()
        const grant: GrantStore.Grant = {
          id: GrantStore.GrantId(randomBytes(16).toString("base64url")),
          clientId: Client.ClientId.make(confidential.id),
          subject: "demo",
          username: "demo",
          scope: Scope.fromTokens(["read", "write"]),
          createdAt: now,
          authenticatedAt: now
        }
        yield* store.authorize(grant, {
          code: {
            hash: Secret.hash(Redacted.make(code)),
            redirectUri,
            redirectUriGiven: true,
            codeChallenge: {
              challenge: createHash("sha256").update(verifier).digest("base64url"),
              method: "S256"
            },
            extensions: {},
            issuedAt: now,
            expiresAt: now + 3_600_000
          }
        })
        return { code, verifier }
      }),
      { concurrency: 10 }
    )
  }).pipe(Effect.provide(grants), Effect.runPromise)

/** Does something for each of many, some of them at a time, in the order that they come. */
export const forEach = async <A, B>(
  many: ReadonlyArray<A>,
  atOnce: number,
  one: (a: A) => Promise<B>
): Promise<ReadonlyArray<B>> => {
  const queue = Array.from(many.entries())
  const results: Array<B> = []
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results[next[0]] = await one(next[1])
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}

/** The same, so many times at once. */
export const atOnce = <A>(times: number, one: () => Promise<A>): Promise<ReadonlyArray<A>> =>
  Promise.all(Array.from({ length: times }, one))

import { randomBytes } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "effect/persistence/Redis"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantId, GrantStore } from "../../../src/storage/GrantStore.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { accessToken, code, family, grant, hash, minute, now, rotation } from "../suite/Fixtures.ts"
import * as Redises from "./Redises.ts"

const url = "redis://127.0.0.1:6379"
const n = Number(process.argv[2] ?? 3000)
const idx = Array.from({ length: n }, (_, i) => i)
const prefix = `oauth-bench-${randomBytes(6).toString("hex")}`
const time = (name: string, conc: number, f: (i: number) => Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    const t = performance.now()
    yield* Effect.forEach(idx, f, { concurrency: conc, discard: true })
    const s = (performance.now() - t) / 1000
    console.log(`${name} x${conc}: ${Math.round(n / s)}/s`)
  })
const run = (c: number) =>
  Effect.gen(function* () {
    const g = yield* GrantStore,
      fl = yield* FlowStore,
      r = yield* Redis
    const k = (i: number) => `${c}-${i}`
    yield* time("GET", c, () => r.send("GET", "nothing"))
    yield* time("authorize", c, (i) => g.authorize(grant({ name: `g${k(i)}` }), { code: code(`c${k(i)}`) }))
    yield* time("findCode", c, (i) => g.findCode(hash(`c${k(i)}`)))
    yield* time("redeem", c, (i) =>
      g.redeemCode({
        hash: hash(`c${k(i)}`),
        now,
        issue: { accessToken: accessToken(`t${k(i)}`), refreshFamily: family({ id: FamilyId(`f${k(i)}`) }) }
      })
    )
    yield* time("rotate", c, (i) => g.rotate(rotation(0, { family: FamilyId(`f${k(i)}`), attempt: k(i) })))
    yield* time("findAccessToken", c, (i) => g.findAccessToken(hash(`t${k(i)}`)))
    yield* time("revoke grant", c, (i) => g.revoke({ _tag: "Grant", id: GrantId(`g${k(i)}`) }, now))
    yield* time("flow create", c, (i) =>
      fl.create({ kind: "x", key: hash(k(i)), value: "v", expiresAt: now + minute }, now)
    )
    yield* time("flow consume", c, (i) => fl.consume({ kind: "x", key: hash(k(i)) }, now))
  })
const main = Effect.gen(function* () {
  yield* run(1)
  yield* run(64)
  const g = yield* GrantStore
  for (let k = 0; k < 3; k++) {
    const t = performance.now()
    const swept = yield* g.sweep({ now: now + 1e10, limit: n })
    console.log("sweep", swept, performance.now() - t)
  }
})
const keysLeft = Redises.keysOf(prefix).pipe(
  Effect.flatMap((ks) =>
    Effect.flatMap(Redis, (r) =>
      Effect.forEach(ks, (k) => r.send("DEL", k), { discard: true, concurrency: 50 })
    )
  )
)
await Effect.runPromise(
  Effect.andThen(main, keysLeft).pipe(
    Effect.provide(RedisStorage.layer({ prefix }).pipe(Layer.provideMerge(Redises.connection(url))))
  )
)
process.exit(0)

/** What is stored is found by the next release only if that one calls and reads it alike. */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Redis } from "effect/persistence/Redis"
import { ClientStore } from "../../../src/storage/ClientStore.ts"
import { FlowStore } from "../../../src/storage/FlowStore.ts"
import { FamilyId, GrantStore } from "../../../src/storage/GrantStore.ts"
import { KeyStore } from "../../../src/storage/KeyStore.ts"
import * as RedisStorage from "../../../src/storage/redis/RedisStorage.ts"
import { SessionStore } from "../../../src/storage/SessionStore.ts"
import * as Services from "../../support/Services.ts"
import {
  accessToken,
  client,
  code,
  family,
  grant,
  hash,
  key,
  minute,
  now,
  rotation
} from "../suite/Fixtures.ts"
import * as Redises from "./Redises.ts"

/** One row of each kind, and what its transitions add. */
const storeAll = Effect.gen(function* () {
  const grants = yield* GrantStore
  const sessions = yield* SessionStore
  const flows = yield* FlowStore
  const keys = yield* KeyStore
  const flow = { kind: "a kind", key: hash("flow"), value: "value", expiresAt: now + minute, dueAt: now }
  yield* (yield* ClientStore).put(client("client"))
  yield* grants.authorize(grant(), { code: code("code") })
  yield* grants.redeemCode({ hash: hash("code"), now: now + 1, issue: { refreshFamily: family() } })
  yield* grants.rotate(rotation(0, { now: now + 2 }))
  yield* grants.revoke({ _tag: "RefreshFamily", id: FamilyId("family") }, now + 3)
  // Of no resource owner, and it came from no code.
  yield* grants.authorize(grant({ name: "{odd}: %", subject: undefined, username: undefined }), {
    accessToken: accessToken("access")
  })
  yield* flows.create(flow, now)
  yield* flows.consume(flow, now + 1)
  const session = { hash: hash("session"), subject: "alice", authenticatedAt: now, expiresAt: now + minute }
  yield* sessions.start(session)
  yield* sessions.end(session.hash, now + 1)
  yield* sessions.remember({ ...grant(), subject: "alice", grantedAt: now })
  yield* keys.add(key("key"), undefined)
  yield* keys.add(key("next"), "key")
})

const expected = {
  ":client-grants:client": { "0001800000000000:grant": 0, "0001800000000000:{odd}: %": 0 },
  ":client:client":
    '{"client_id":"client","client_secret_hashes":[],"redirect_uris":["https://client.example/callback"],"grant_types":["authorization_code"],"response_types":["code"],"token_endpoint_auth_method":"client_secret_basic"}',
  [`:code:${hash("code")}`]: { place: `${hash("code")}:grant`, claims: "1" },
  ":consents:alice": { client: "1800000000000 read write" },
  ":family:family": { place: `${hash("code")}:grant`, claims: "1" },
  [`:session:${hash("session")}`]: { place: "alice", claims: "1" },
  ":subject:alice": { "0001800000000000:grant": 0 },
  [`:token:${hash("access 0 first")}`]: { place: `${hash("code")}:grant`, claims: "1" },
  [`:token:${hash("access")}`]: { place: ":%7Bodd%7D%3A %25", claims: "1" },
  ":{f20}:due": { [`a kind:${hash("flow")}`]: 1800000060000 },
  [`:{f20}:flow:a kind:${hash("flow")}`]: {
    value: "value",
    expiresAt: "1800000060000",
    consumedAt: "1800000000001"
  },
  ":{f20}:queue:a kind": { [`a kind:${hash("flow")}`]: 1800000000000 },
  [`:{g29}:code:${hash("code")}`]: {
    redirectUri: "https://client.example/callback",
    redirectUriGiven: "1",
    codeChallenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    codeChallengeMethod: "S256",
    extensions: '{"nonce":"n-0S6\\u0000_WzA2Mj","acr":"✓"}',
    issuedAt: "1800000000000",
    expiresAt: "1800000060000",
    redeemedAt: "1800000000001"
  },
  ":{g29}:due:family": { "family:grant": 1805184000000 },
  ":{g29}:due:grant": { [`["grant","client","alice",1800000000000,"${hash("code")}"]`]: 1805184000000 },
  ":{g29}:due:token": { [`${hash("access 0 first")}:grant`]: 1800000600000 },
  ":{g29}:family:family": {
    scope: "read write",
    generation: "1",
    currentHash: hash("refresh 1"),
    issuedAt: "1800000000000",
    expiresAt: "1805184000000",
    replays: "0",
    previousHash: hash("refresh 0"),
    rotatedAt: "1800000000002",
    rotatedScope: "read",
    revokedAt: "1800000000003"
  },
  ":{g29}:grant:grant": {
    revokedAt: "1800000000003",
    username: "Alice",
    authenticatedAt: "1799999940000",
    entry: `["grant","client","alice",1800000000000,"${hash("code")}"]`,
    rows: "2",
    scope: "read write"
  },
  [`:{g29}:token:${hash("access 0 first")}`]: {
    id: "id of access 0 first",
    scope: "read",
    issuedAt: "1800000000000",
    expiresAt: "1800000600000"
  },
  ":{g49}:due:grant": { '["{odd}: %","client",null,1800000000000,""]': 1800000600000 },
  ":{g49}:due:token": { [`${hash("access")}:%7Bodd%7D%3A %25`]: 1800000600000 },
  ":{g49}:grant:%7Bodd%7D%3A %25": {
    entry: '["{odd}: %","client",null,1800000000000,""]',
    scope: "read write",
    authenticatedAt: "1799999940000",
    rows: "1"
  },
  [`:{g49}:token:${hash("access")}`]: {
    id: "id of access",
    scope: "read",
    issuedAt: "1800000000000",
    expiresAt: "1800000600000"
  },
  ":{keys}:due": { key: 1805184000000, next: 1805184000000 },
  ":{keys}:ids": {
    next: '{"id":"next","algorithm":"ES256","publicKey":"{\\"kid\\":\\"next\\"}","sealedPrivateKey":"sealed next","createdAt":1800000000000,"activeAt":1800086400000,"retiresAt":1802592000000,"expiresAt":1805184000000}',
    key: '{"id":"key","algorithm":"ES256","publicKey":"{\\"kid\\":\\"key\\"}","sealedPrivateKey":"sealed key","createdAt":1800000000000,"activeAt":1800086400000,"retiresAt":1802592000000,"expiresAt":1805184000000}'
  },
  ":{keys}:places": { '["ES256",""]': "key", '["ES256","key"]': "next" },
  ":{s19}:due": { [`${hash("session")}:alice`]: 1800000060000 },
  [`:{s19}:session:${hash("session")}`]: {
    subject: "alice",
    authenticatedAt: "1800000000000",
    expiresAt: "1800000060000",
    endedAt: "1800000000001"
  },
  ":{s19}:sessions:alice": { [hash("session")]: 0 }
}

/** What there is of each type, a sorted set with its scores. */
const readers: Readonly<Record<string, ReadonlyArray<string>>> = {
  string: ["GET"],
  hash: ["HGETALL"],
  zset: ["ZRANGE", "0", "-1", "WITHSCORES"]
}

await Services.describeWith(Services.redis, (url) => {
  const nextPrefix = Redises.prefixes(url)

  it.live("keys, and what is in them", () => {
    const prefix = nextPrefix()
    return Effect.gen(function* () {
      yield* storeAll
      const redis = yield* Redis
      const found: Record<string, unknown> = {}
      for (const name of (yield* Redises.keysOf(prefix)).toSorted()) {
        const [command = "", ...args] = readers[yield* redis.send<string>("TYPE", name)] ?? []
        const value = yield* redis.send<unknown>(command, name, ...args)
        found[name.slice(prefix.length)] = Array.isArray(value) ? Object.fromEntries(value) : value
      }
      assert.deepStrictEqual(found, expected)
    }).pipe(Effect.provide(RedisStorage.layer({ prefix }).pipe(Layer.provideMerge(Redises.connection(url)))))
  })
})

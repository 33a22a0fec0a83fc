/**
 * Login sessions and remembered consents in Redis. The sessions of a resource
 * owner are in one shard, so that all of them can end in one step; a session's
 * hash has a small key of its own that tells the resource owner. The consents of
 * a resource owner are one hash.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { Redis } from "effect/persistence/Redis"
import type { SecretHash } from "../../protocol/Secret.ts"
import { brandClientId, brandHash, brandScope } from "../internal/Brands.ts"
import { type Consent, type Session, type SessionRecord, SessionStore } from "../SessionStore.ts"
import * as Claims from "./internal/Claims.ts"
import { Duplicate, toStorageError } from "./internal/Failure.ts"
import * as Keyspace from "./internal/Keyspace.ts"
import {
  integer,
  listOf,
  numberOf,
  optionalInteger,
  optionalText,
  optionalTextOf,
  outcomeOf,
  read,
  row,
  text,
  textOf
} from "./internal/Reply.ts"
import * as Script from "./internal/Script.ts"
import * as Sweep from "./internal/Sweep.ts"
import type { RedisOptions } from "./RedisOptions.ts"

/**
 * KEYS: the session, the sessions by their expiry, those of the resource owner.
 * ARGV: whether the name was taken, the session's hash, its entry, lifetime and expiry; its fields.
 */
const start = Script.make(`${Script.keep}
local claim, hash, entry, lifetime, expiresAt = unpack(ARGV, 1, 5)
if claim == 'Taken' or redis.call('EXISTS', KEYS[1]) == 1 then return 'Duplicate' end
redis.call('HSET', KEYS[1], unpack(ARGV, 6))
redis.call('PEXPIRE', KEYS[1], lifetime)
redis.call('ZADD', KEYS[2], expiresAt, entry)
redis.call('ZADD', KEYS[3], 0, hash)
keep(KEYS[3], lifetime)
return 'Started'
`)

/** KEYS: the session. ARGV: now. */
const end = Script.make(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 'Unknown' end
if redis.call('HSETNX', KEYS[1], 'endedAt', ARGV[1]) == 0 then return 'AlreadyEnded' end
return 'Ended'
`)

/**
 * KEYS: the sessions of the resource owner, then each. ARGV: now, then their
 * hashes. Ends none and answers -1 if there are others by now.
 */
const endAll = Script.make(`
if redis.call('ZCARD', KEYS[1]) ~= #KEYS - 1 then return -1 end
for i = 2, #KEYS do
  if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then return -1 end
end
local ended = 0
for i = 2, #KEYS do
  if redis.call('EXISTS', KEYS[i]) == 1 then
    ended = ended + redis.call('HSETNX', KEYS[i], 'endedAt', ARGV[1])
  end
end
return ended
`)

/** For `Sweep`: KEYS are an index, and for each entry the session and those of its resource owner. */
const sweepSessions = Script.make(`
local outcomes = {}
for i = 2, #KEYS, 2 do
  local entry = ARGV[i / 2 + 1]
  local due = redis.call('ZSCORE', KEYS[1], entry)
  if due and tonumber(due) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], entry)
    redis.call('ZREM', KEYS[i + 1], string.sub(entry, 1, string.find(entry, ':') - 1))
    outcomes[#outcomes + 1] = redis.call('DEL', KEYS[i])
  else
    outcomes[#outcomes + 1] = -1
  end
end
return outcomes
`)

/** KEYS: the consents of a resource owner. */
const allConsents = Script.make(`return redis.call('HGETALL', KEYS[1])`)

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: RedisOptions = {}): Effect.Effect<SessionStore["Service"], never, Redis> =>
  Effect.gen(function* () {
    const redis = yield* Redis
    const run = Script.runner(redis)
    const keyspace = Keyspace.make(options)

    const claims = Claims.make(redis)
    const shardOf = (subject: string) => keyspace.shard("s", subject)
    const sessionKey = (subject: string, hash: string) => Keyspace.keyOf(shardOf(subject), "session", hash)
    const sessionsOf = (subject: string) => Keyspace.keyOf(shardOf(subject), "sessions", subject)
    const consentsOf = (subject: string) => keyspace.key("consents", subject)
    const lookup = (hash: string) => keyspace.key("session", hash)

    const findSubject = (hash: string) => claims.find(lookup(hash))

    const startSession = Effect.fnUntraced(function* (session: Session) {
      const { authenticatedAt, expiresAt, hash, subject } = session
      const lifetime = keyspace.lifetime(expiresAt, authenticatedAt)
      const claim = yield* claims.claim(lookup(hash), subject, lifetime, (other) => sessionKey(other, hash))
      const outcome = yield* run(
        start,
        [sessionKey(subject, hash), `${shardOf(subject)}:due`, sessionsOf(subject)],
        [
          claim,
          hash,
          Keyspace.pair(hash, subject),
          lifetime,
          String(expiresAt),
          ...Keyspace.fields({ subject, authenticatedAt, expiresAt })
        ]
      ).pipe(read(readStarted))
      if (outcome === "Started") return
      if (claim === "Claimed") yield* claims.release(lookup(hash))
      return yield* new Duplicate()
    })

    const findSession = Effect.fnUntraced(function* (hash: SecretHash) {
      const subject = yield* findSubject(hash)
      return subject === undefined ? Option.none() : yield* findSessionOf(subject, hash)
    })

    const findSessionOf = (subject: string, hash: SecretHash) =>
      redis
        .send("HMGET", sessionKey(subject, hash), ...sessionFields)
        .pipe(read((reply) => readSession(hash, reply)))

    const hashesOf = (subject: string) =>
      redis
        .send("ZRANGE", sessionsOf(subject), "0", "-1")
        .pipe(read((reply) => listOf(reply).map((hash) => brandHash(textOf(hash)))))

    const findSessionsOf = Effect.fnUntraced(function* (subject: string) {
      const found = yield* Effect.forEach(yield* hashesOf(subject), (hash) => findSessionOf(subject, hash), {
        concurrency: "unbounded"
      })
      // One that has expired is gone, and its entry is there until it is swept.
      return found.flatMap(Option.toArray)
    })

    const endSession = Effect.fnUntraced(function* (hash: SecretHash, now: number) {
      const subject = yield* findSubject(hash)
      if (subject === undefined) return "Unknown"
      return yield* run(end, [sessionKey(subject, hash)], [String(now)]).pipe(read(readEnded))
    })

    const endSessions = Effect.fnUntraced(function* (subject: string, now: number) {
      for (;;) {
        const hashes = yield* hashesOf(subject)
        const ended = yield* run(
          endAll,
          [sessionsOf(subject), ...hashes.map((hash) => sessionKey(subject, hash))],
          [String(now), ...hashes]
        ).pipe(read(numberOf))
        // Otherwise a session was started or swept in between.
        if (ended >= 0) return ended
      }
    })

    const sweep = Sweep.make(run, {
      indexes: keyspace.shards("s").map((shard) => `${shard}:due`),
      script: sweepSessions,
      keysOf: (entry) => {
        const [hash, subject] = Keyspace.unpair(entry)
        return [sessionKey(subject, hash), sessionsOf(subject)]
      },
      afterwards: (_, entry, outcome) =>
        outcome === 0 ? Effect.void : claims.release(lookup(Keyspace.unpair(entry)[0]))
    })

    return SessionStore.of({
      start: (session) => startSession(session).pipe(storageError("start")),

      find: (hash) => findSession(hash).pipe(storageError("find")),

      end: (hash, now) => endSession(hash, now).pipe(storageError("end")),

      endAll: (subject, now) => endSessions(subject, now).pipe(storageError("endAll")),

      sessionsOf: (subject) => findSessionsOf(subject).pipe(storageError("sessionsOf")),

      remember: (consent) =>
        redis
          .send("HSET", consentsOf(consent.subject), consent.clientId, consentValue(consent))
          .pipe(Effect.asVoid, storageError("remember")),

      findConsent: (subject, clientId) =>
        redis.send("HGET", consentsOf(subject), clientId).pipe(
          read((reply) =>
            Option.map(Option.fromUndefinedOr(optionalTextOf(reply)), (value) =>
              readConsent(subject, clientId, value)
            )
          ),
          storageError("findConsent")
        ),

      consentsOf: (subject) =>
        run(allConsents, [consentsOf(subject)]).pipe(
          read((reply) => readConsents(subject, reply)),
          storageError("consentsOf")
        ),

      forget: (subject, clientId) =>
        redis.send("HDEL", consentsOf(subject), clientId).pipe(
          read((count) => (numberOf(count) === 1 ? "Forgotten" : "Unknown")),
          storageError("forget")
        ),

      sweep: (request) =>
        sweep(request).pipe(
          Effect.map((sessions) => ({ sessions })),
          storageError("sweep")
        )
    })
  })

/**
 * @category layers
 * @since 0.1.0
 */
export const layer = (options?: RedisOptions): Layer.Layer<SessionStore, never, Redis> =>
  Layer.effect(SessionStore, make(options))

const storageError = (verb: string) => toStorageError(`SessionStore.${verb}`)

const sessionFields = ["subject", "authenticatedAt", "expiresAt", "endedAt"]

const readSession = (hash: SecretHash, reply: unknown): Option.Option<SessionRecord> => {
  const session = row(sessionFields, reply)
  if (optionalText(session, "expiresAt") === undefined) return Option.none()
  return Option.some({
    hash,
    subject: text(session, "subject"),
    authenticatedAt: integer(session, "authenticatedAt"),
    expiresAt: integer(session, "expiresAt"),
    endedAt: optionalInteger(session, "endedAt")
  })
}

const readStarted = outcomeOf(["Started", "Duplicate"])

const readEnded = outcomeOf(["Ended", "AlreadyEnded", "Unknown"])

// The value of a consent is its time and its scope, with a space in between.
const consentValue = ({ grantedAt, scope }: Consent): string => `${grantedAt} ${scope}`

const readConsent = (subject: string, clientId: string, value: string): Consent => {
  const space = value.indexOf(" ")
  return {
    subject,
    clientId: brandClientId(clientId),
    scope: brandScope(value.slice(space + 1)),
    grantedAt: numberOf(value.slice(0, space))
  }
}

const readConsents = (subject: string, reply: unknown): ReadonlyArray<Consent> => {
  const list = listOf(reply).map(textOf)
  return Array.from({ length: list.length / 2 }, (_, position) =>
    readConsent(subject, textOf(list[2 * position]), textOf(list[2 * position + 1]))
  )
}

/**
 * The transitions of the grant store, each one script. They judge in the order
 * of `Judgement.ts`, and change something only when all is judged.
 *
 * Every script gets the keys of one shard: first the grant, the grants by their
 * expiry, and the code that the grant came from.
 */
import * as Script from "./Script.ts"

/**
 * What is issued comes as pairs of keys (a row, and the index for it) at the end
 * of KEYS, and is described at the end of ARGV: for each its entry in the index,
 * its expiry, its lifetime in Redis, how many fields and values it has, and
 * these. A grant is kept, and its code with it, as long as anything under it.
 */
const issuing = `${Script.keep}
local function isTaken(claim, first)
  if claim == 'Taken' then return true end
  for i = first, #KEYS, 2 do
    if redis.call('EXISTS', KEYS[i]) == 1 then return true end
  end
  return false
end

local function issue(first, at)
  local grant = redis.call('HGET', KEYS[1], 'entry')
  for i = first, #KEYS, 2 do
    local entry, expiresAt, lifetime, size = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
    redis.call('HSET', KEYS[i], unpack(ARGV, at + 4, at + 3 + size))
    redis.call('PEXPIRE', KEYS[i], lifetime)
    redis.call('ZADD', KEYS[i + 1], expiresAt, entry)
    redis.call('HINCRBY', KEYS[1], 'rows', 1)
    redis.call('ZADD', KEYS[2], 'GT', expiresAt, grant)
    keep(KEYS[1], lifetime)
    keep(KEYS[3], lifetime)
    at = at + 4 + size
  end
end
`

/** ARGV: the claim, the grant's entry, its lifetime, how many fields and values it has, these; what is issued. */
export const authorize: Script.Script = Script.make(`${issuing}
local claim, entry, lifetime, size = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if redis.call('EXISTS', KEYS[1]) == 1 or isTaken(claim, 4) then return {'Duplicate'} end
redis.call('HSET', KEYS[1], 'entry', entry, unpack(ARGV, 5, 4 + size))
redis.call('PEXPIRE', KEYS[1], lifetime)
redis.call('ZADD', KEYS[2], 0, entry)
issue(4, 5 + size)
return {'Authorized'}
`)

/** KEYS 4: the codes by their expiry. ARGV: the claim, now, the code's entry; what is issued. */
export const redeemCode: Script.Script = Script.make(`${issuing}
local claim, now, entry = ARGV[1], ARGV[2], ARGV[3]
local expiresAt, redeemedAt = unpack(redis.call('HMGET', KEYS[3], 'expiresAt', 'redeemedAt'))
local grant, revokedAt = unpack(redis.call('HMGET', KEYS[1], 'entry', 'revokedAt'))
if not expiresAt or not grant then return {'Unknown'} end
if redeemedAt then
  redis.call('HSETNX', KEYS[1], 'revokedAt', now)
  return {'Replayed'}
end
if revokedAt then return {'Revoked'} end
if tonumber(expiresAt) <= tonumber(now) then return {'Expired'} end
if isTaken(claim, 5) then return {'Duplicate'} end
redis.call('HSET', KEYS[3], 'redeemedAt', now)
-- A used code goes with its grant, and not before.
if redis.call('ZREM', KEYS[4], entry) == 1 then redis.call('HINCRBY', KEYS[1], 'rows', -1) end
issue(5, 4)
return {'Redeemed'}
`)

/**
 * KEYS 4 and 5: the family, the families by their expiry. ARGV: the claim, now,
 * the hash and the generation presented, the next hash and its expiry, the
 * family's entry and its lifetime, the grace window and the number of replays in
 * it, the scope of the access token; what is issued.
 */
export const rotate: Script.Script = Script.make(`${issuing}
local claim, now, presented, generation, nextHash, nextExpiresAt, entry, lifetime, window, maximumReplays, scope =
  unpack(ARGV, 1, 11)
local currentGeneration, currentHash, previousHash, expiresAt, rotatedAt, rotatedScope, replays, familyRevokedAt =
  unpack(redis.call('HMGET', KEYS[4], 'generation', 'currentHash', 'previousHash', 'expiresAt', 'rotatedAt',
    'rotatedScope', 'replays', 'revokedAt'))
local grant, revokedAt = unpack(redis.call('HMGET', KEYS[1], 'entry', 'revokedAt'))

local function reused()
  redis.call('HSETNX', KEYS[4], 'revokedAt', now)
  redis.call('HSETNX', KEYS[1], 'revokedAt', now)
  return {'Reused'}
end

if not expiresAt or not grant then return {'Unknown'} end
if familyRevokedAt or revokedAt then return {'Revoked'} end
if tonumber(expiresAt) <= tonumber(now) then return {'Expired'} end

if presented == currentHash then
  if isTaken(claim, 6) then return {'Duplicate'} end
  redis.call('HINCRBY', KEYS[4], 'generation', 1)
  redis.call('HSET', KEYS[4], 'previousHash', currentHash, 'currentHash', nextHash, 'expiresAt', nextExpiresAt,
    'rotatedAt', now, 'rotatedScope', scope, 'replays', '0')
  redis.call('ZADD', KEYS[5], nextExpiresAt, entry)
  redis.call('ZADD', KEYS[2], 'GT', nextExpiresAt, grant)
  for i = 1, 4 do
    if i ~= 2 then keep(KEYS[i], lifetime) end
  end
  issue(6, 12)
  return {'Rotated'}
end

if presented == previousHash then
  if tonumber(window) == 0 or not rotatedAt or tonumber(now) - tonumber(rotatedAt) > tonumber(window) then
    return reused()
  end
  if scope ~= rotatedScope then return {'GraceRefused', 'scope'} end
  if tonumber(replays) >= tonumber(maximumReplays) then return {'GraceRefused', 'replays'} end
  if isTaken(claim, 6) then return {'Duplicate'} end
  redis.call('HINCRBY', KEYS[4], 'replays', 1)
  issue(6, 12)
  return {'GraceReplay', currentHash, expiresAt}
end

-- A family had other tokens in its past; in its future it has none.
if tonumber(generation) < tonumber(currentGeneration) then return reused() end
return {'Unknown'}
`)

/** Reads a row with its grant. KEYS: the grant, the row. ARGV: how many fields of the grant, these; of the row. */
export const find: Script.Script = Script.make(`
local size = tonumber(ARGV[1])
return {
  redis.call('HMGET', KEYS[1], unpack(ARGV, 2, 1 + size)),
  redis.call('HMGET', KEYS[2], unpack(ARGV, 2 + size))
}
`)

/** KEYS: the grant. ARGV: now. */
export const revokeGrant: Script.Script = Script.make(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 'Unknown' end
if redis.call('HSETNX', KEYS[1], 'revokedAt', ARGV[1]) == 0 then return 'AlreadyRevoked' end
return 'Revoked'
`)

/** KEYS: the grant, the family. ARGV: now. */
export const revokeFamily: Script.Script = Script.make(`
if redis.call('EXISTS', KEYS[1], KEYS[2]) < 2 then return 'Unknown' end
redis.call('HSETNX', KEYS[2], 'revokedAt', ARGV[1])
if redis.call('HSETNX', KEYS[1], 'revokedAt', ARGV[1]) == 0 then return 'AlreadyRevoked' end
return 'Revoked'
`)

/** KEYS: the grant, the access token. ARGV: now. */
export const revokeAccessToken: Script.Script = Script.make(`
if redis.call('EXISTS', KEYS[1], KEYS[2]) < 2 then return 'Unknown' end
if redis.call('HEXISTS', KEYS[1], 'revokedAt') == 1 then return 'AlreadyRevoked' end
if redis.call('HSETNX', KEYS[2], 'revokedAt', ARGV[1]) == 0 then return 'AlreadyRevoked' end
return 'Revoked'
`)

/** For `Sweep`: KEYS are an index, and for each entry its row and the grant of that. */
export const sweepIssued: Script.Script = Script.make(`
local outcomes = {}
for i = 2, #KEYS, 2 do
  local entry = ARGV[i / 2 + 1]
  local due = redis.call('ZSCORE', KEYS[1], entry)
  if due and tonumber(due) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], entry)
    if redis.call('EXISTS', KEYS[i + 1]) == 1 then redis.call('HINCRBY', KEYS[i + 1], 'rows', -1) end
    outcomes[#outcomes + 1] = redis.call('DEL', KEYS[i])
  else
    outcomes[#outcomes + 1] = -1
  end
end
return outcomes
`)

/**
 * For `Sweep`: KEYS are an index, and for each entry the grant and its code, of
 * which one that was not used has been swept before. A
 * grant stays while there are rows under it that were not swept. It is left in
 * the index, until what is elsewhere has been cleared away.
 */
export const sweepGrants: Script.Script = Script.make(`
local outcomes = {}
for i = 2, #KEYS, 2 do
  local due = redis.call('ZSCORE', KEYS[1], ARGV[i / 2 + 1])
  local rows = tonumber(redis.call('HGET', KEYS[i], 'rows') or 0)
  if due and tonumber(due) <= tonumber(ARGV[1]) and rows <= 0 then
    outcomes[#outcomes + 1] = redis.call('DEL', KEYS[i], KEYS[i + 1])
  else
    outcomes[#outcomes + 1] = -1
  end
end
return outcomes
`)

/** Mutants of scripts and statements that no test can notice. */
import type { Harmless } from "../Mutant.ts"

export const harmless: ReadonlyArray<Harmless> = [
  {
    file: "src/storage/redis/RedisFlowStore.ts",
    original: "2",
    replacement: "1",
    line: "for i = 2, #KEYS do",
    reason: "the first key is no flow, and the time that stands in its place is no entry of the queue"
  },
  {
    file: "src/storage/redis/RedisFlowStore.ts",
    original: "outcomes[#outcomes + 1] = -1",
    replacement: "",
    line: "outcomes[#outcomes + 1] = -1",
    reason:
      "a flow that is due no more is not found again, and nobody asks what became of it but whether it was deleted"
  },
  {
    file: "src/storage/redis/RedisFlowStore.ts",
    original: "+",
    replacement: "-",
    line: "outcomes[#outcomes + 1] = -1",
    reason:
      "a flow that is due no more is not found again, and nobody asks what became of it but whether it was deleted"
  },
  {
    file: "src/storage/redis/RedisFlowStore.ts",
    original: "1",
    replacement: "2",
    line: "outcomes[#outcomes + 1] = -1",
    reason:
      "a flow that is due no more is not found again, and nobody asks what became of it but whether it was deleted"
  },
  {
    file: "src/storage/redis/RedisFlowStore.ts",
    original: "1",
    replacement: "0",
    line: "outcomes[#outcomes + 1] = -1",
    reason:
      "a flow that is due no more is not found again, and nobody asks what became of it but whether it was deleted"
  },
  {
    file: "src/storage/redis/RedisKeyStore.ts",
    original: "2",
    replacement: "1",
    line: "for i = 2, #places, 2 do",
    reason: "a place is JSON of two texts, which no key is called like"
  },
  {
    file: "src/storage/redis/RedisSessionStore.ts",
    original: "5",
    replacement: "6",
    line: "local claim, hash, entry, lifetime, expiresAt = unpack(ARGV, 1, 5)",
    reason: "what is taken too much has no name"
  },
  {
    file: "src/storage/redis/RedisSessionStore.ts",
    original: "1",
    replacement: "0",
    line: "outcomes[#outcomes + 1] = -1",
    reason: "less than nothing, or nothing: either is no session that was deleted"
  },
  {
    file: "src/storage/redis/internal/GrantScripts.ts",
    original: "0",
    replacement: "1",
    line: "redis.call('ZADD', KEYS[2], 0, entry)",
    reason: "either is long ago: a grant under which nothing is issued is due at once"
  },
  {
    file: "src/storage/redis/internal/GrantScripts.ts",
    original: "0",
    replacement: "-1",
    line: "redis.call('ZADD', KEYS[2], 0, entry)",
    reason: "either is long ago: a grant under which nothing is issued is due at once"
  },
  {
    file: "src/storage/redis/internal/GrantScripts.ts",
    original: "1",
    replacement: "2",
    line: "redis.call('HMGET', KEYS[1], unpack(ARGV, 2, 1 + size))",
    reason: "a field that is asked too much is not looked at"
  },
  {
    file: "src/storage/redis/internal/GrantScripts.ts",
    original: "0",
    replacement: "-1",
    line: "redis.call('HGET', KEYS[i], 'rows') or 0",
    reason: "no rows are none or less"
  },
  {
    file: "src/storage/sql/SqlFlowStore.ts",
    original: "due_at IS NOT NULL",
    replacement: "TRUE",
    reason:
      "nothing is no earlier than now; it is said for the index, which has only those that are due at some time"
  },
  {
    file: "src/storage/sql/internal/AccessTokenTable.ts",
    original: "g.id = t.grant_id",
    replacement: "TRUE",
    line: "SELECT 1 AS found FROM oauth_access_tokens t",
    reason: "a token that the UPDATE before left alone is revoked, or its grant is, or there is none"
  },
  {
    file: "src/storage/sql/internal/FamilyTable.ts",
    original: "revoked_at IS NULL",
    replacement: "TRUE",
    line: "AND revoked_at IS NULL AND expires_at >",
    reason: "whoever revokes a family revokes its grant, which is looked at as well"
  },
  {
    file: "src/storage/redis/internal/Script.ts",
    original: "<",
    replacement: "<=",
    line: "if redis.call('PTTL', key) < tonumber(lifetime)",
    reason: "who has as long to live as that is given what it has"
  },
  {
    file: "src/storage/sql/SqlFlowStore.ts",
    original: "ORDER BY due_at",
    replacement: "",
    reason: "the index that is read has them in this order, though nobody promises that it is read"
  },
  {
    file: "src/storage/sql/SqlSessionStore.ts",
    original: "ORDER BY client_id",
    replacement: "",
    reason: "the index that is read has them in this order, though nobody promises that it is read"
  },
  {
    file: "src/storage/sql/internal/GrantSweep.ts",
    original: "ORDER BY expires_at",
    replacement: "",
    reason: "the index that is read has them in this order, though nobody promises that it is read"
  },
  {
    file: "src/storage/sql/internal/GrantSweep.ts",
    original: `expires_at <= \${request.now}`,
    replacement: "TRUE",
    reason: "a grant under which all has been swept has expired"
  },
  {
    file: "src/storage/sql/internal/GrantSweep.ts",
    original: `\${Sweep.limit(sql, request)}`,
    replacement: "",
    reason: "of a grant under which nothing is left a used code has nothing to tell, and the grant follows it"
  },
  {
    file: "src/storage/sql/internal/GrantSweep.ts",
    original: "c.grant_id IN (SELECT id FROM expired)",
    replacement: "TRUE",
    reason: "of a grant under which nothing is left a used code has nothing to tell, and the grant follows it"
  },
  {
    file: "src/storage/sql/internal/GrantSweep.ts",
    original: `\${lock}`,
    replacement: "",
    reason: "without it a sweep waits for who redeems a code again, and goes on then"
  },
  {
    file: "src/storage/sql/internal/GrantTable.ts",
    original: "ORDER BY g.created_at, g.id",
    replacement: "",
    reason: "the index that is read has them in this order, though nobody promises that it is read"
  },
  {
    file: "src/storage/sql/internal/GrantTable.ts",
    original: "<",
    replacement: "<=",
    line: "AND expires_at <",
    reason: "who has as long to live as that is given what it has"
  },
  {
    file: "src/storage/sql/internal/Locks.ts",
    original: `g.id = (SELECT c.grant_id FROM \${child} WHERE \${key} = \${value})`,
    replacement: "TRUE",
    reason: "who waits for every grant waits for this one, too, slowly"
  }
]

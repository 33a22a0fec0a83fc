/** Mutants of the stores in Redis that no test can notice, or should. */
import type { Harmless } from "./Mutant.ts"

export const harmlessRedis: ReadonlyArray<Harmless> = [
  {
    file: "src/storage/redis/RedisKeyStore.ts",
    original: "self.id < that.id",
    replacement: "self.id <= that.id",
    reason: "no two keys have one id"
  },
  {
    file: "src/storage/redis/RedisSessionStore.ts",
    original: '{\n        concurrency: "unbounded"\n      }',
    replacement: "{}",
    reason: "one after the other they are read, too, slowly"
  },
  {
    file: "src/storage/redis/RedisSessionStore.ts",
    original: '"unbounded"',
    replacement: '""',
    reason: "one after the other they are read, too, slowly"
  },
  {
    file: "src/storage/redis/internal/GrantRows.ts",
    original: "extensions === undefined",
    replacement: "false",
    reason: "the JSON of nothing is nothing; this is said for the type"
  },
  {
    file: "src/storage/redis/internal/GrantRows.ts",
    original: "previousHash === undefined",
    replacement: "false",
    reason: "a brand leaves what it is put on as it is; this is said for the type"
  },
  {
    file: "src/storage/redis/internal/GrantSweep.ts",
    original: "outcome === withCode",
    replacement: "true",
    reason: "a code that had gone before has no name any more, and nobody else's is the same"
  },
  {
    file: "src/storage/redis/internal/Issued.ts",
    original: "Number(lifetime) > Number(longest)",
    replacement: "Number(lifetime) >= Number(longest)",
    reason: "of two that are as long either is the longest"
  },
  {
    file: "src/storage/redis/internal/Owners.ts",
    original: "{ discard: true }",
    replacement: "{}",
    reason: "nobody looks at what is answered"
  },
  {
    file: "src/storage/redis/internal/Owners.ts",
    original: "true",
    replacement: "false",
    line: "{ discard: true }",
    reason: "nobody looks at what is answered"
  },
  {
    file: "src/storage/redis/internal/Owners.ts",
    original: '{\n        concurrency: "unbounded"\n      }',
    replacement: "{}",
    reason: "one after the other they are read, too, slowly"
  },
  {
    file: "src/storage/redis/internal/Owners.ts",
    original: "last === undefined",
    replacement: "false",
    reason: "an answer without a last one is shorter than what is missing; this is said for the type"
  },
  {
    file: "src/storage/redis/internal/Owners.ts",
    original: '"unbounded"',
    replacement: '""',
    reason: "one after the other they are read, too, slowly"
  },
  {
    file: "src/storage/redis/internal/Reply.ts",
    original: 'typeof number === "number"',
    replacement: "true",
    reason: "nothing but a number is finite; this is said for the type"
  },
  {
    file: "src/storage/redis/internal/Sweep.ts",
    original: "due.at(-1)?.expiresAt",
    replacement: "due.at(-1).expiresAt",
    reason: "a page is one entry at least, and a full one has a last; this is said for the type"
  },
  {
    file: "src/storage/redis/internal/Sweep.ts",
    original: "self.entry < that.entry",
    replacement: "self.entry <= that.entry",
    reason: "no entry is there twice"
  },
  {
    file: "src/storage/redis/internal/Sweep.ts",
    original: "{ ...atOnce, discard: true }",
    replacement: "{}",
    reason: "one after the other they are cleared, too, slowly"
  },
  {
    file: "src/storage/redis/internal/Sweep.ts",
    original: "true",
    replacement: "false",
    line: "{ ...atOnce, discard: true }",
    reason: "nobody looks at what is answered"
  }
]

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
  }
]

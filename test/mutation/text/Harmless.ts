/** Mutants of scripts and statements that no test can notice. */
import type { Harmless } from "../Mutant.ts"

export const harmless: ReadonlyArray<Harmless> = [
  {
    file: "src/storage/redis/RedisFlowStore.ts",
    original: "2",
    replacement: "1",
    line: "for i = 2, #KEYS do",
    reason: "the first key is no flow, and the time that stands in its place is no entry of the queue"
  }
]

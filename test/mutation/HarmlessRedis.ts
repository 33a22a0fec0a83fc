/** Mutants of the stores in Redis that no test can notice, or should. */
import type { Harmless } from "./Mutant.ts"

export const harmlessRedis: ReadonlyArray<Harmless> = []

/** Mutants of the stores in SQL that no test can notice, or should. */
import type { Harmless } from "./Mutant.ts"

export const harmlessSql: ReadonlyArray<Harmless> = []

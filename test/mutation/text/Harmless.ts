/** Mutants of scripts and statements that no test can notice. */
import type { Harmless } from "../Mutant.ts"

export const harmless: ReadonlyArray<Harmless> = []

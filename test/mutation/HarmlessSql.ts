/** Mutants of the stores in SQL that no test can notice, or should. */
import type { Harmless } from "./Mutant.ts"

export const harmlessSql: ReadonlyArray<Harmless> = [
  {
    file: "src/storage/sql/Migrations.ts",
    original: "{ discard: true }",
    replacement: "{}",
    reason: "what comes of each statement is not looked at"
  },
  {
    file: "src/storage/sql/Migrations.ts",
    original: "true",
    replacement: "false",
    line: "discard: true",
    reason: "what comes of each statement is not looked at"
  },
  {
    file: "src/storage/sql/SqlGrantStore.ts",
    original: 'refused._tag === "Replayed"',
    replacement: "true",
    reason: "what else is refused names no grant, and none is revoked; this is said for the type"
  },
  {
    file: "src/storage/sql/SqlKeyStore.ts",
    original: '""',
    replacement: '"Stryker was here!"',
    reason: "it says that there is none before, and no key has such a name either"
  },
  {
    file: "src/storage/sql/internal/FamilyTable.ts",
    original: "text === undefined",
    replacement: "false",
    reason: "a brand changes nothing, and nothing is nothing all the same; this is said for the type"
  },
  {
    file: "src/storage/sql/internal/Row.ts",
    original: 'typeof number === "number"',
    replacement: "true",
    reason: "no other value is a safe integer; this is said for the type"
  }
]

/** Stores that keep their rows in a database: what of them is broken, and which tests are to notice. */
export interface Stores {
  /** Folders and files, as `mutated` in `main.ts`. */
  readonly mutated: ReadonlyArray<string>
  /** Those that take long come last. */
  readonly tests: ReadonlyArray<string>
}

export const stores: Readonly<Record<string, Stores>> = {
  sql: {
    mutated: ["src/storage/sql"],
    // `queryPlans` is the contract over SQLite, in memory and with few rotations.
    tests: [
      "test/storage/{queryPlans,rows,failures,interleavings,migrations,layers}.test.ts",
      "test/storage/postgres/locks.test.ts",
      "test/storage/postgres/postgres.test.ts"
    ]
  },
  redis: {
    mutated: ["src/storage/redis"],
    tests: [
      "test/storage/redis/{flows,keys,names,parts,replies,steps,sweep}.test.ts",
      "test/storage/redis/{redis,expiry,faults}.test.ts"
    ]
  }
}

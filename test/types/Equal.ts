/** Whether two types are the same, and not just assignable. */
export type Equal<Self, That> =
  (<T>() => T extends Self ? 1 : 2) extends <T>() => T extends That ? 1 : 2 ? true : false

/** Compiles for `true` only. */
export type Expect<T extends true> = T

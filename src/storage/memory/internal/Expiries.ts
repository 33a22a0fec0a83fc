/**
 * Rows by their expiry, the soonest first: a binary heap, so that a sweep looks
 * at what is due and at nothing else, however many rows live on.
 */

/** A row whose expiry may move: one that moved away is found again then, one that moved nearer when it first was due. */
export interface Expiring {
  readonly expiresAt: number
}

export interface Expiries<Row extends Expiring> {
  readonly add: (row: Row) => void
  /** Takes out a row that has expired; `undefined` if there is none. */
  readonly takeExpired: (now: number) => Row | undefined
}

export const make = <Row extends Expiring>(): Expiries<Row> => {
  // Side by side, and not in pairs: there is one of each for every token that lives.
  const rows: Array<Row> = []
  const dues: Array<number> = []

  const dueAt = (index: number): number => dues[index] ?? Number.POSITIVE_INFINITY

  const place = (index: number, row: Row, due: number): void => {
    rows[index] = row
    dues[index] = due
  }

  const move = (from: number, to: number): void => {
    const row = rows[from]
    if (row !== undefined) place(to, row, dueAt(from))
  }

  const add = (row: Row): void => {
    const due = row.expiresAt
    let hole = rows.length
    while (hole > 0) {
      const above = (hole - 1) >> 1
      if (dueAt(above) <= due) break
      move(above, hole)
      hole = above
    }
    place(hole, row, due)
  }

  const removeFirst = (): void => {
    const last = rows.length - 1
    const row = rows[last]
    const due = dueAt(last)
    // Gives back the room of what is gone, which `pop` keeps.
    rows.length = last
    dues.length = last
    if (row === undefined || last === 0) return
    let hole = 0
    for (;;) {
      const left = 2 * hole + 1
      const below = dueAt(left + 1) < dueAt(left) ? left + 1 : left
      if (dueAt(below) >= due) break
      move(below, hole)
      hole = below
    }
    place(hole, row, due)
  }

  const takeExpired = (now: number): Row | undefined => {
    while (dueAt(0) <= now) {
      const [first] = rows
      removeFirst()
      if (first === undefined || first.expiresAt <= now) return first
      add(first)
    }
    return undefined
  }

  return { add, takeExpired }
}

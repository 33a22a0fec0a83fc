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
  const heap: Array<{ readonly due: number; readonly row: Row }> = []

  const add = (row: Row): void => {
    const entry = { due: row.expiresAt, row }
    let hole = heap.length
    while (hole > 0) {
      const above = (hole - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || parent.due <= entry.due) break
      heap[hole] = parent
      hole = above
    }
    heap[hole] = entry
  }

  const removeFirst = (): void => {
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let hole = 0
    for (;;) {
      const left = heap[2 * hole + 1]
      const right = heap[2 * hole + 2]
      const [child, below] =
        right !== undefined && left !== undefined && right.due < left.due
          ? [right, 2 * hole + 2]
          : [left, 2 * hole + 1]
      if (child === undefined || child.due >= last.due) break
      heap[hole] = child
      hole = below
    }
    heap[hole] = last
  }

  const takeExpired = (now: number): Row | undefined => {
    for (let first = heap[0]; first !== undefined && first.due <= now; first = heap[0]) {
      removeFirst()
      if (first.row.expiresAt <= now) return first.row
      add(first.row)
    }
    return undefined
  }

  return { add, takeExpired }
}

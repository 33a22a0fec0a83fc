/**
 * A secondary index: all rows that have a key.
 */

export interface MultiMap<Key, Row> {
  readonly add: (key: Key, row: Row) => void
  readonly remove: (key: Key, row: Row) => void
  readonly get: (key: Key) => Iterable<Row>
}

export const make = <Key, Row>(): MultiMap<Key, Row> => {
  const rows = new Map<Key, Set<Row>>()
  return {
    add: (key, row) => {
      const existing = rows.get(key)
      if (existing === undefined) rows.set(key, new Set([row]))
      else existing.add(row)
    },
    remove: (key, row) => {
      const existing = rows.get(key)
      if (existing === undefined) return
      existing.delete(row)
      // A key without rows must not stay, or the index grows with every key there ever was.
      if (existing.size === 0) rows.delete(key)
    },
    get: (key) => rows.get(key) ?? []
  }
}

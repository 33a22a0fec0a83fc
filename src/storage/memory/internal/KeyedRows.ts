/**
 * Rows by a key that is a random text: a hash, or an identifier. A `Map` by the
 * texts themselves asks each one that it passes for its hash, and among a million
 * rows that is far from the processor. This one goes by a number made of the text's
 * end, and looks at the texts where that is the same.
 */

/** A row with room for the one beside it. */
export interface Keyed<Row> {
  /** Another row, whose key has the same number. */
  beside: Row | undefined
}

export interface KeyedRows<Key extends string, Row> {
  readonly get: (key: Key) => Row | undefined
  readonly has: (key: Key) => boolean
  /** Adds a row. There may be none of its key. */
  readonly add: (row: Row) => void
  readonly delete: (row: Row) => void
}

export const make = <Key extends string, Row extends Keyed<Row>>(
  keyOf: (row: Row) => Key
): KeyedRows<Key, Row> => {
  const firsts = new Map<number, Row>()

  const get = (key: Key): Row | undefined => {
    let row = firsts.get(numberOf(key))
    while (row !== undefined && keyOf(row) !== key) row = row.beside
    return row
  }

  const setFirst = (number: number, row: Row | undefined): void => {
    if (row === undefined) firsts.delete(number)
    else firsts.set(number, row)
  }

  return {
    get,
    has: (key) => get(key) !== undefined,
    add: (row) => {
      const number = numberOf(keyOf(row))
      row.beside = firsts.get(number)
      firsts.set(number, row)
    },
    delete: (row) => {
      const number = numberOf(keyOf(row))
      let before = firsts.get(number)
      if (before === row) return setFirst(number, row.beside)
      while (before !== undefined && before.beside !== row) before = before.beside
      if (before !== undefined) before.beside = row.beside
    }
  }
}

// Six characters of base64url are 36 bits: more than there are numbers. What a shorter
// key lacks counts as nothing.
const numberOf = (key: string): number => {
  let number = 0
  for (let at = key.length - 6; at < key.length; at++) {
    number = (Math.imul(number, 31) + key.charCodeAt(at)) | 0
  }
  return number
}

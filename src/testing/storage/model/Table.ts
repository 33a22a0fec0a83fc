/**
 * Rows by their key, as immutable data.
 */
export type Table<Row> = Readonly<Record<string, Row | undefined>>

export const withRow = <Row>(table: Table<Row>, key: string, row: Row): Table<Row> => ({
  ...table,
  [key]: row
})

/** The table without the rows for which that holds. */
export const without = <Row>(
  table: Table<Row>,
  gone: (row: Row) => boolean
): Readonly<Record<string, Row>> => {
  const left: Record<string, Row> = {}
  for (const [key, row] of Object.entries(table)) if (row !== undefined && !gone(row)) left[key] = row
  return left
}

/** Something is good until the moment of its expiry, and no longer at it. */
export const alive = (row: { readonly expiresAt: number }, now: number): boolean => now < row.expiresAt

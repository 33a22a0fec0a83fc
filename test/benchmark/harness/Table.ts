/** A table for the terminal: the first column to the left, the others to the right. */
export const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0))
  )
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
      )
      .join("  ")
      .trimEnd()
  return [line(header), ...rows.map(line)].join("\n")
}

/** The same for Markdown. */
export const markdownTable = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string => {
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  const rule = header.map((_, column) => (column === 0 ? "---" : "---:"))
  return [line(header), line(rule), ...rows.map(line)].join("\n")
}

export const fixed = (value: number, digits: number): string => value.toFixed(digits)

export const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)

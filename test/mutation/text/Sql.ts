/** What could be wrong in a statement, or a part of one. */
import { type Change, closing, type Mutator, matches, shifted } from "./Texts.ts"

// In these patterns ¤ is what `${}` puts in: see `Texts.ts`.

export const isSql = (masked: string): boolean =>
  /\b(?:SELECT|UPDATE|DELETE FROM|INSERT INTO|WHERE|AND|EXISTS|IS NULL|LIMIT)\b/.test(masked)

const others: Readonly<Record<string, ReadonlyArray<string>>> = {
  "<=": ["<", ">"],
  ">": [">=", "<="],
  "<": ["<=", ">="],
  "+": ["-"],
  OR: ["AND"],
  "IS NULL": ["IS NOT NULL"],
  "IS NOT NULL": ["IS NULL"],
  "NOT EXISTS": ["EXISTS"]
}

/** What something ends before, if it is not in parentheses; a hole behind an operand is a part by itself. */
const ends = /\s+(?:AND|ORDER|LIMIT|FOR|RETURNING|WHERE)\b|\)|(?<![=<>(,]|\b[A-Z]+)\s+(?=¤)|\s*$/g

export const mutate: Mutator = (masked) => {
  const table = /(?:INSERT INTO|UPDATE) (\w+)/.exec(masked)?.[1]

  /** Where what begins here comes to an end. */
  const endOf = (start: number): number => {
    for (let at = start; ; ) {
      ends.lastIndex = at
      const end = ends.exec(masked)?.index ?? masked.length
      const open = masked.indexOf("(", at)
      if (open === -1 || open >= end) return end
      at = closing(masked, open)
    }
  }

  const all = (mutator: string, pattern: RegExp, replacements: (text: string) => ReadonlyArray<string>) =>
    matches(masked, pattern).flatMap(({ end, start, text }) =>
      replacements(text).map((replacement): Change => ({ mutator, start, end, replacement }))
    )

  const terms = matches(masked, /\b(?:WHERE|AND|(?<=JOIN .*)ON)\s+|^(?=NOT EXISTS|¤+ AND)/g).map(
    ({ end: start }) => ({
      mutator: "condition",
      start,
      end: endOf(start),
      replacement: "TRUE"
    })
  )

  const assignments = matches(masked, /\bSET\s+/g).flatMap(({ end: from }) => {
    const to = endOf(from)
    return matches(masked.slice(from, to), /\w+ = (?:COALESCE\(.*?\)|[^,])+/g).map(({ start, end, text }) => {
      const column = text.slice(0, text.indexOf(" "))
      return {
        mutator: "assignment",
        start: from + start,
        end: from + end,
        replacement: `${column} = ${table}.${column}`
      }
    })
  })

  const orders = matches(masked, /\bORDER BY /g).map(({ start, end: from }) => ({
    mutator: "order",
    start,
    end: endOf(from),
    replacement: ""
  }))

  return [
    ...terms,
    ...assignments,
    ...orders,
    ...all(
      "operator",
      /\bIS NULL\b|\bIS NOT NULL\b|\bNOT EXISTS\b|\bOR\b|(?<= )(?:<=|[<>+])(?= )/g,
      (text) => others[text] ?? []
    ),
    ...terms.flatMap(({ end, start }) =>
      matches(masked.slice(start, end), /(?<=^\S+ )=(?= )/g).map((found) => ({
        mutator: "operator",
        start: start + found.start,
        end: start + found.end,
        replacement: "<>"
      }))
    ),
    ...all("coalesce", /(?<=\bCOALESCE\()\w+/g, () => ["NULL"]),
    ...all("number", /(?<!\w|SELECT |RETURNING )\d+(?!\w)/g, shifted),
    ...all("lock", /FOR UPDATE.*/g, () => [""]),
    ...all("part", /(?<=[^=<>(,\s]\s+)(?<!\b[A-Z]+\s+|INSERT INTO \w+ |¤)¤+/g, () => [""])
  ]
}

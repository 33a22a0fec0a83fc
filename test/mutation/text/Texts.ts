/** The texts in other languages that stand in a source, and how one is changed. */

/** A literal, between its quotes. */
export interface Text {
  readonly start: number
  /** As in the source, but for what `${}` puts in, which is filled up with `hole`. */
  readonly masked: string
}

/** Another text for a part of a literal. */
export interface Change {
  readonly mutator: string
  readonly start: number
  readonly end: number
  readonly replacement: string
}

/** Where a language's texts could be wrong; its places count from the start of the text. */
export type Mutator = (masked: string) => ReadonlyArray<Change>

export const hole = "¤"

const token = /\/\*[\s\S]*?\*\/|\/\/.*|"(?:\\.|[^"\\])*"|[`{}]/g

/** Every literal of a source, also those that stand in what another one puts in. */
export const textsOf = (source: string): ReadonlyArray<Text> => {
  const texts: Array<Text> = []

  /** Behind the brace that ends the code which begins here, or at the end of the source. */
  const code = (from: number): number => {
    let depth = 0
    let at = from
    for (;;) {
      token.lastIndex = at
      const found = token.exec(source)
      if (found === null) return source.length
      const [text] = found
      at = text === "`" ? template(found.index + 1) : found.index + text.length
      if (text.startsWith('"')) texts.push({ start: found.index + 1, masked: text.slice(1, -1) })
      if (text === "{") depth++
      if (text === "}" && depth-- === 0) return at
    }
  }

  /** Behind the quote that ends the template whose text begins here. */
  const template = (start: number): number => {
    let masked = ""
    for (let at = start; ; ) {
      if (source[at] === "`") {
        texts.push({ start, masked })
        return at + 1
      }
      const end = source.startsWith("${", at) ? code(at + 2) : at + 1
      masked += end === at + 1 ? source[at] : hole.repeat(end - at)
      at = end
    }
  }

  code(0)
  return texts
}

/** Each part of a text that matches. */
export const matches = (masked: string, pattern: RegExp) =>
  Array.from(masked.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0]
  }))

/** Behind the parenthesis that closes the one here. */
export const closing = (masked: string, open: number): number => {
  let depth = 0
  for (let at = open; at < masked.length; at++) {
    if (masked[at] === "(") depth++
    if (masked[at] === ")" && --depth === 0) return at + 1
  }
  return masked.length
}

/** Numbers are one more and one less. */
export const shifted = (number: string): ReadonlyArray<string> => [
  String(Number(number) + 1),
  String(Number(number) - 1)
]

/**
 * How a test says what it covers: a comment directly above it, with the ids of
 * the requirements that do not hold if it fails.
 *
 *     // @covers rfc6749-4.1.2-b rfc6749-10.5-c
 *     it.effect("a second use is refused, and revokes all that the first one got", () =>
 *
 * It costs nothing at run time, and can be read without running anything. Above
 * a `describe` it speaks of all that is in it.
 */

export interface Covers {
  readonly file: string
  readonly line: number
  /** The title of the test, or what stands where it should be. */
  readonly title: string | undefined
  /** Whether the test might not run. */
  readonly conditional: boolean
  readonly ids: ReadonlyArray<string>
}

const marker = /^[ \t]*\/\/ @covers (.+)$/gm

const test = /^(?:\s*\/\/[^\n]*\n)*\s*(?:it|test|describe|layer)\b[\w.]*/

export const coversIn = (file: string, text: string): ReadonlyArray<Covers> => {
  const conditional = /\b(?:skipIf|runIf)\(/.test(text)
  return Array.from(text.matchAll(marker), (match) => {
    const end = match.index + match[0].length
    const called = test.exec(text.slice(end + 1))
    return {
      file,
      line: text.slice(0, match.index).split("\n").length,
      title: called === null ? undefined : titleAt(text, end + 1 + called[0].length),
      conditional: conditional || /\.(?:skip|todo|fails|only)\b/.test(called?.[0] ?? ""),
      ids: (match[1] ?? "").trim().split(/\s+/)
    }
  })
}

/** The string, or the name of it, that a call begins with; of `each(…)("…")` and `layer(…)("…")` the second call's. */
const titleAt = (text: string, start: number): string | undefined => {
  let at = start
  // The type arguments of `each<…>`
  if (text[at] === "<") at = text.indexOf(">(", at) + 1
  const opening = /^\(\s*/.exec(text.slice(at))
  if (opening === null) return undefined
  const quoted = /^(["`])((?:\\.|(?!\1)[\s\S])*)\1/.exec(text.slice(at + opening[0].length))
  if (quoted !== null) return (quoted[2] ?? "").replaceAll('\\"', '"')
  const named = /^[\w.]+(?=,)/.exec(text.slice(at + opening[0].length))
  if (named !== null) return `\${${named[0]}}`
  const close = closing(text, at)
  return close !== undefined && text[close + 1] === "(" ? titleAt(text, close + 1) : undefined
}

/** Where the parenthesis that opens here is closed; strings and comments do not count. */
const closing = (text: string, open: number): number | undefined => {
  let depth = 0
  const token =
    /\/\/[^\n]*|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/(?:\\.|\[[^\]]*\]|[^/\n\\])+\/[a-z]*(?=[,)\].])|[()]/g
  token.lastIndex = open
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === "(") depth++
    if (found[0] === ")" && --depth === 0) return found.index
  }
  return undefined
}

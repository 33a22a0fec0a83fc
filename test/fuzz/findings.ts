/** What fuzzers and laws have found: it is tried first, for good. */
export const findings: ReadonlyArray<{
  readonly target: string
  readonly why: string
  readonly input: string
}> = [
  {
    target: "query and form",
    why: "a lone surrogate cannot be written as UTF-8",
    input: "a=\ud800"
  },
  {
    target: "query and form",
    why: "the names of an object's own properties are names like any other",
    input: "__proto__=a&constructor=b&toString=c"
  }
]

/** What could be wrong in a script of Redis. */
import { type Change, closing, type Mutator, matches, shifted } from "./Texts.ts"

export const isLua = (masked: string): boolean => masked.includes("redis.call")

const others: Readonly<Record<string, ReadonlyArray<string>>> = {
  "<=": ["<", ">"],
  ">=": [">", "<"],
  "<": ["<=", ">="],
  ">": [">=", "<="],
  "==": ["~="],
  "~=": ["=="],
  "+": ["-"],
  "-": ["+"],
  "/": ["*"],
  or: ["and"],
  and: ["or"]
}

const writes = /^redis\.call\('(?:DEL|HDEL|HINCRBY|HSET|HSETNX|PEXPIRE|ZADD|ZREM)'/

export const mutate: Mutator = (masked) => {
  // Nothing is found in comments, nor in strings.
  const code = masked.replaceAll(/--.*|'[^'\n]*'/g, (text) =>
    text.startsWith("-") ? " ".repeat(text.length) : `‹${"_".repeat(text.length - 2)}›`
  )
  const isStatement = (start: number) => /(?:^|\n|\bthen|\bdo)\s*$/.test(code.slice(0, start))
  const all = (mutator: string, pattern: RegExp, replacements: (text: string) => ReadonlyArray<string>) =>
    matches(code, pattern).flatMap(({ end, start }) =>
      replacements(masked.slice(start, end)).map((replacement) => ({ mutator, start, end, replacement }))
    )

  const called = (mutator: string, pattern: RegExp, isMeant: (call: string) => boolean) =>
    matches(code, pattern).flatMap(({ start, end: open }): ReadonlyArray<Change> => {
      const end = closing(code, open - 1)
      if (!isMeant(masked.slice(start, end))) return []
      return [{ mutator, start, end, replacement: isStatement(start) ? "" : "1" }]
    })

  return [
    ...all("condition", /(?<=\bif ).+?(?= then\b)/g, () => ["true", "false"]),
    ...called("write", /\bredis\.call\(/g, (call) => writes.test(call)),
    ...called("call", /(?<!function )\b(?:keep|issue)\(/g, () => true),
    ...all("assignment", /(?<=(?:^|\n) *)(?!local\b|for\b)\w[\w#[\] +]* = .*/g, () => [""]),
    ...all("negation", /\bnot /g, () => [""]),
    ...all("operator", /(?<= )(?:[<>]=?|==|~=|[-+/]|or|and)(?= )/g, (operator) => others[operator] ?? []),
    ...all("key", /\b(?:KEYS|ARGV)\[\d+\]/g, (key) =>
      shifted(/\d+/.exec(key)?.[0] ?? "")
        .filter((number) => number !== "0")
        .map((number) => key.replace(/\d+/, number))
    ),
    // Behind a sign of equality, it would be the same as another operator.
    ...all("number", /(?<![\w[-]|[=~]= )\d+(?!\w)/g, shifted),
    ...all("number", /(?<=[ (])-\d+/g, (number) => [number.slice(1)]),
    // A command, or what it takes for one of its own words, would only be a mistake of syntax.
    ...all("string", /(?<!redis\.call\()‹_+›/g, (text) => (/^'[A-Z]+'$|^'.inf'$/.test(text) ? [] : ["''"])),
    ...all("option", /‹__›, /g, (text) => (text === "'GT', " ? [""] : []))
  ]
}

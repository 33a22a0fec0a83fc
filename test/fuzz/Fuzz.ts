/**
 * Mutation-based fuzzing: texts are made of seeds, of each other and of bytes,
 * and given to a target for as long as it takes. From the same seed it makes the
 * same texts.
 */
import { cpuUsage } from "node:process"
import type { Target } from "./targets.ts"

export interface Found {
  readonly target: string
  readonly input: string
  readonly error: string
}

export interface Report {
  readonly target: string
  readonly inputs: number
  readonly found: Found | undefined
}

/** A small generator that is the same everywhere (mulberry32). */
export const generator = (seed: number) => {
  let state = seed >>> 0
  return (below: number): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below)
  }
}

/** What parsers stumble over. */
const tokens = [
  ..."%&=+;,.:/?#@[]\"'\\ \0\r\n\t<>{}()-_~|",
  "%00",
  "%FF",
  "%C3%A9",
  "%ED%A0%80",
  "%u0041",
  "%0D%0A",
  "\ud800",
  "\udfff",
  "☃",
  "é",
  "\u00ff",
  "\u0100",
  "\u2028",
  "__proto__",
  "constructor",
  "null",
  "true",
  "-1",
  "1e400",
  "00",
  "127.0.0.1",
  "[::1]",
  "localhost",
  "https",
  "http:",
  "javascript:",
  "text/html",
  "Basic ",
  "proto=",
  "for=",
  '{"client_id":"a"}',
  "\\u0000"
]

type Random = ReturnType<typeof generator>

const pick = <A>(random: Random, all: ReadonlyArray<A>, otherwise: A): A =>
  all[random(all.length)] ?? otherwise

const mutate = (random: Random, text: string, other: string): string => {
  const at = random(text.length + 1)
  const length = 1 + random(8)
  switch (random(9)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length)
    case 1:
      return text.slice(0, at) + pick(random, tokens, "") + text.slice(at)
    case 2:
      return text.slice(0, at) + pick(random, tokens, "") + text.slice(at + length)
    case 3:
      return (
        text.slice(0, at) + String.fromCharCode(random(random(4) === 0 ? 65536 : 256)) + text.slice(at + 1)
      )
    case 4:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + random(4)) + text.slice(at)
    case 5:
      return text.slice(0, at) + other.slice(random(other.length + 1))
    case 6:
      return random(2) === 0 ? text.toUpperCase() : text.toLowerCase()
    case 7:
      return random(200) === 0
        ? text.slice(0, at) + text.slice(at, at + length).repeat(2000)
        : `${text}${other}`
    default:
      return Array.from(text).reverse().join("")
  }
}

const maximumLength = 20_000
const maximumCorpus = 500

/** Runs a target until `goesOn` says no more, or something is found. */
export const fuzz = async (
  target: Target,
  seed: number,
  goesOn: (inputs: number) => boolean
): Promise<Report> => {
  const random = generator(seed)
  // Coverage is not known here; what is kept at random keeps the mutants wandering.
  const corpus = ["", ...target.seeds]
  let inputs = 0
  for (const input of target.seeds) {
    const found = await attempt(target, input)
    if (found !== undefined) return { target: target.name, inputs, found }
    inputs++
  }
  while (goesOn(inputs)) {
    let input = pick(random, corpus, "")
    for (let times = 1 + random(4); times > 0; times--)
      input = mutate(random, input, pick(random, corpus, ""))
    input = input.slice(0, maximumLength)
    const found = await attempt(target, input)
    if (found !== undefined) return { target: target.name, inputs, found: await shrink(target, found) }
    inputs++
    if (random(20) !== 0 || input.length > 2000) continue
    if (corpus.length < maximumCorpus) corpus.push(input)
    // The seeds stay.
    else corpus[target.seeds.length + 1 + random(corpus.length - target.seeds.length - 1)] = input
  }
  return { target: target.name, inputs, found: undefined }
}

/** In microseconds of the processor. Whatever takes longer for 20,000 characters takes more than linear time. */
const patience = 1_000_000

const slow = "it took"

const attempt = async (target: Target, input: string): Promise<Found | undefined> => {
  const started = cpuUsage()
  try {
    const running = target.run(input)
    if (running !== undefined) await running
  } catch (error) {
    return { target: target.name, input, error: String(error) }
  }
  const { system, user } = cpuUsage(started)
  return system + user > patience
    ? { target: target.name, input, error: `${slow} ${(system + user) / 1000} ms` }
    : undefined
}

/** Takes pieces away for as long as it still fails. What takes long would take hours. */
const shrink = async (target: Target, found: Found): Promise<Found> => {
  if (found.error.startsWith(slow)) return found
  let smallest = found
  for (let size = Math.ceil(found.input.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.input.length; ) {
      const smaller = await attempt(target, smallest.input.slice(0, at) + smallest.input.slice(at + size))
      if (smaller === undefined) at += size
      else smallest = smaller
    }
  }
  return smallest
}

export const show = ({ found, inputs, target }: Report): string =>
  found === undefined
    ? `${target}: ${inputs} inputs, nothing found`
    : `${target}: after ${inputs} inputs: ${found.error}\n  ${JSON.stringify(found.input)}`

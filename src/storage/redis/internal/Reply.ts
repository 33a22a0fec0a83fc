/**
 * Reads by hand what Redis answers: every verb passes here.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** An answer that holds something else than what this library wrote. */
export class UnexpectedReply extends Data.TaggedError("UnexpectedReply")<{ readonly about: string }> {
  override get message(): string {
    return `Redis answered something unexpected: ${this.about}`
  }
}

/** The fields of a hash, by their names. */
export type Row = Readonly<Record<string, unknown>>

export const row = (fields: ReadonlyArray<string>, values: unknown): Row => {
  const row: Record<string, unknown> = {}
  const list = listOf(values)
  for (const [position, field] of fields.entries()) row[field] = list[position]
  return row
}

export const listOf = (reply: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(reply)) return reply
  throw new UnexpectedReply({ about: "no list" })
}

export const textOf = (reply: unknown): string => {
  if (typeof reply === "string") return reply
  throw new UnexpectedReply({ about: "no text" })
}

export const optionalTextOf = (reply: unknown): string | undefined =>
  isNull(reply) ? undefined : textOf(reply)

export const numberOf = (reply: unknown): number => {
  const number = typeof reply === "bigint" || typeof reply === "string" ? Number(reply) : reply
  if (typeof number === "number" && Number.isFinite(number)) return number
  throw new UnexpectedReply({ about: "no number" })
}

/** Reads one of the outcomes that there are. What came instead could be anything stored, and is not told. */
export const outcomeOf =
  <Outcome extends string>(outcomes: ReadonlyArray<Outcome>) =>
  (reply: unknown): Outcome => {
    const text = textOf(reply)
    const outcome = outcomes.find((outcome) => outcome === text)
    if (outcome === undefined) throw new UnexpectedReply({ about: "no outcome of the verb" })
    return outcome
  }

export const jsonOf = (reply: unknown): unknown => {
  try {
    return JSON.parse(textOf(reply))
  } catch {
    throw new UnexpectedReply({ about: "no JSON" })
  }
}

export const text = (row: Row, field: string): string => {
  const value = row[field]
  if (typeof value === "string") return value
  throw new UnexpectedReply({ about: `the field ${field}` })
}

export const optionalText = (row: Row, field: string): string | undefined =>
  isNull(row[field]) ? undefined : text(row, field)

export const integer = (row: Row, field: string): number => {
  const value = Number(row[field])
  if (!isNull(row[field]) && Number.isSafeInteger(value)) return value
  throw new UnexpectedReply({ about: `the field ${field}` })
}

export const optionalInteger = (row: Row, field: string): number | undefined =>
  isNull(row[field]) ? undefined : integer(row, field)

const isNull = (value: unknown): boolean => value === null || value === undefined

/** Reads an answer; what it cannot read is an error like any other. */
export const read =
  <A>(read: (reply: unknown) => A) =>
  <E, R>(reply: Effect.Effect<unknown, E, R>): Effect.Effect<A, E | UnexpectedReply, R> =>
    Effect.flatMap(reply, (reply) => {
      try {
        return Effect.succeed(read(reply))
      } catch (error) {
        return error instanceof UnexpectedReply ? Effect.fail(error) : Effect.die(error)
      }
    })

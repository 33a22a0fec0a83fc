/** Mutants of the scripts and statements of a store. */
import type { Mutant, Position } from "../Mutant.ts"
import * as Lua from "./Lua.ts"
import * as Sql from "./Sql.ts"
import { type Change, textsOf } from "./Texts.ts"

export interface TextMutant extends Omit<Mutant, "status">, Change {}

const positionOf = (source: string, at: number): Position => {
  const lines = source.slice(0, at).split("\n")
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 }
}

/** In the order of their places. */
export const mutantsOf = (file: string, source: string): ReadonlyArray<TextMutant> =>
  textsOf(source)
    .flatMap(({ masked, start: from }) => {
      const changes = Lua.isLua(masked) ? Lua.mutate(masked) : Sql.isSql(masked) ? Sql.mutate(masked) : []
      return changes.map(({ end, mutator, replacement, start }) => ({
        file,
        location: { start: positionOf(source, from + start), end: positionOf(source, from + end) },
        mutator,
        replacement,
        start: from + start,
        end: from + end
      }))
    })
    .toSorted((self, that) => self.start - that.start)

/** The source with the mutant in it. */
export const replaced = (source: string, { end, replacement, start }: TextMutant): string =>
  source.slice(0, start) + replacement + source.slice(end)

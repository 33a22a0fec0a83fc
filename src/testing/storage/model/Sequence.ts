/**
 * Random sequences of commands: steps in time, and at each a few commands at
 * once.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import { show } from "../Expect.ts"
import { hour, minute, second } from "../Stage.ts"

export interface Step<Command> {
  /** How much time passes before it, in milliseconds. */
  readonly after: number
  /** Whether the store is swept then. */
  readonly sweep: boolean
  readonly commands: ReadonlyArray<{
    readonly command: Command
    /** How often the others get a turn before it. */
    readonly yields: number
  }>
}

/** Shrinks to that value, or not at all. */
const simplest = <S extends Schema.Constraint>(schema: S, value: S["Type"]) =>
  Arbitrary.schema(schema, { shrink: (other) => (other === value ? [] : [value]) })

// Time mostly stands still, and sometimes jumps to where something expires.
const still = Array.from({ length: 10 }, () => 0)
const jumps = [1, 30 * second, 30 * second, minute, 10 * minute, hour]
const pauses = simplest(Schema.Literals([...still, ...jumps]), 0)
const sweeps = simplest(Schema.Literals([false, false, false, false, false, false, false, true]), false)
const turns = simplest(Schema.Literals([0, 1, 2]), 0)

/** With so many commands at once, at most. */
export const sequences = <Command>(
  commands: Arbitrary.Arbitrary<Command>,
  atOnce: number
): Arbitrary.Arbitrary<ReadonlyArray<Step<Command>>> => {
  const one = Arbitrary.all({ command: commands, yields: turns })
  const step = Arbitrary.all({
    after: pauses,
    sweep: sweeps,
    commands: Arbitrary.array(one, { minLength: 1, maxLength: atOnce })
  })
  return Arbitrary.array(step, { maxLength: 20 })
}

/** Each command in a step of its own, at the same time. */
export const inTurn = <Command>(commands: ReadonlyArray<Command>): ReadonlyArray<Step<Command>> =>
  commands.map((command) => ({ after: 0, sweep: false, commands: [{ command, yields: 0 }] }))

/** One line per step. */
export const format = <Command>(sequence: ReadonlyArray<Step<Command>>): string =>
  sequence
    .map(({ after, commands, sweep }, index) => {
      const together = commands.map(({ command }) => formatCommand(command)).join("  ‖  ")
      const before = [
        ...(after > 0 ? [`${after / second} s later`] : []),
        ...(sweep ? ["after a sweep"] : [])
      ]
      return `  ${index + 1}. ${before.length > 0 ? `(${before.join(", ")}) ` : ""}${together}`
    })
    .join("\n")

const formatCommand = <Command>(command: Command): string =>
  show(command).replace(/^{ _tag: "(\w+)",? ?(.*)}$/, "$1 { $2}")

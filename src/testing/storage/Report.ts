/**
 * What came of checking laws.
 *
 * @since 0.1.0
 */
import type { Group, LawViolation, Need, StoreName } from "./Law.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Checked {
  readonly law: string
  readonly store: StoreName
  readonly group: Group
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Failed extends Checked {
  readonly message: string
  /** The shortest sequence of commands that shows it. */
  readonly shrunk?: string
  /** What `Options.replay` takes. */
  readonly replay?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Report {
  readonly passed: ReadonlyArray<Checked>
  readonly failed: ReadonlyArray<Failed>
  /** For want of an option. */
  readonly skipped: ReadonlyArray<Checked & { readonly needs: Need }>
}

export const failure = (checked: Checked, { problem, replay, shrunk }: LawViolation): Failed => ({
  ...checked,
  message: problem,
  ...(shrunk === undefined ? {} : { shrunk }),
  ...(replay === undefined ? {} : { replay })
})

/**
 * The report as text, with what failed first.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = ({ failed, passed, skipped }: Report): string =>
  [
    ...failed.map(formatFailure),
    ...skipped.map(({ needs, ...checked }) => `- ${title(checked)} (skipped: it needs the option ${needs})`),
    `${passed.length} laws hold, ${failed.length} do not, ${skipped.length} were skipped`
  ].join("\n")

const title = ({ group, law, store }: Checked): string => `${store}, ${group}: ${law}`

const formatFailure = ({ message, replay, shrunk, ...checked }: Failed): string =>
  [
    `✗ ${title(checked)}`,
    indent(message),
    ...(shrunk === undefined ? [] : ["    shrunk to", indent(shrunk)]),
    ...(replay === undefined ? [] : [`    replay with ${JSON.stringify({ only: checked.law, replay })}`]),
    ""
  ].join("\n")

const indent = (text: string): string => text.replace(/^/gm, "    ")

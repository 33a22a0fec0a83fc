/** A mutant, as the reporter writes it, and which of them count. */
export interface Mutant {
  readonly file: string
  readonly location: { readonly start: Position; readonly end: Position }
  readonly mutator: string
  readonly replacement: string
  readonly status: string
}

/** As in an editor, from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A mutant that no test notices, and why that is no hole. */
export interface Harmless {
  readonly file: string
  readonly original: string
  readonly replacement: string
  /** The line that it begins on, or a part of that, where the file has the original more than once. */
  readonly line?: string
  readonly reason: string
}

/** What the mutant replaces. */
export const originalOf = ({ location: { start, end } }: Mutant, source: string): string => {
  const lines = source.split("\n").slice(start.line - 1, end.line)
  const last = lines.length - 1
  return lines
    .map((line, at) => line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined))
    .join("\n")
}

/** Whether it is the mutant that is excused. */
export const isThis = (
  mutant: Mutant,
  source: string,
  { file, original, replacement, line = "" }: Harmless
) =>
  file === mutant.file &&
  replacement === mutant.replacement &&
  original === originalOf(mutant, source) &&
  (source.split("\n")[mutant.location.start.line - 1] ?? "").includes(line)

/** On how many lines of a source an excuse may mean what begins there: it is good for one. */
export const places = (source: string, { original, line = "" }: Harmless): number => {
  const lines = source.split("\n")
  const begins = new Set<number>()
  for (let at = source.indexOf(original); at !== -1; at = source.indexOf(original, at + 1)) {
    begins.add(source.slice(0, at).split("\n").length - 1)
  }
  return [...begins].filter((number) => lines[number]?.includes(line)).length
}

export const isKilled = ({ status }: Mutant) => status === "Killed" || status === "Timeout"

export const isSurvivor = ({ status }: Mutant) => status === "Survived" || status === "NoCoverage"

/** By folder: how many were made, and how many tests noticed. */
export interface Score {
  readonly folder: string
  readonly killed: number
  readonly harmless: number
  readonly survived: number
  /** Run when a module is loaded, or no valid program: not judged. */
  readonly unjudged: number
}

export const scores = (
  mutants: ReadonlyArray<Mutant>,
  isHarmless: (mutant: Mutant) => boolean
): ReadonlyArray<Score> =>
  [...Map.groupBy(mutants, ({ file }) => file.slice(0, file.lastIndexOf("/")))]
    .map(([folder, mutants]) => {
      const survivors = mutants.filter(isSurvivor)
      const killed = mutants.filter(isKilled).length
      const harmless = survivors.filter(isHarmless).length
      return {
        folder,
        killed,
        harmless,
        survived: survivors.length - harmless,
        unjudged: mutants.length - killed - survivors.length
      }
    })
    .toSorted((one, other) => one.folder.localeCompare(other.folder))

/** In percent, rounded down: what is harmless counts for nothing. */
export const percent = ({ killed, survived }: Pick<Score, "killed" | "survived">): number =>
  killed + survived === 0 ? 100 : Math.floor((100 * killed) / (killed + survived))

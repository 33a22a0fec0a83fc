/** `results/latest.json`: each mode replaces its own part of it. */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { cpus, totalmem } from "node:os"
import { fileURLToPath } from "node:url"
import type { Tokens, WorkloadId } from "../Workloads.ts"
import { root } from "./Prepare.ts"

export interface Run {
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly commit: string
  /** The load average of the minute before: whether the machine had something else to do. */
  readonly load: number
}

/** Of one target on one workload: the median of its rounds. */
export interface Figures {
  readonly target: string
  /** Microseconds of CPU per request. */
  readonly cpu: number
  /** CPU per request as a multiple of the ceiling's in the same round. */
  readonly ratio: number
  /** The lowest and the highest of the rounds. */
  readonly spread: readonly [number, number]
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

export interface Comparison {
  readonly run: Run
  readonly rounds: number
  readonly seconds: number
  readonly versions: Readonly<Record<string, string>>
  readonly workloads: ReadonlyArray<{
    readonly workload: WorkloadId
    readonly figures: ReadonlyArray<Figures>
  }>
}

export interface Started {
  /** Milliseconds from the start of the process to its first token. */
  readonly firstAnswer: number
  /** Bytes resident after it. */
  readonly rss: number
}

export interface Startup {
  readonly run: Run
  readonly figures: ReadonlyArray<Started & { readonly target: string; readonly bundled?: Started }>
}

export interface Size {
  readonly run: Run
  readonly figures: ReadonlyArray<{
    readonly target: string
    readonly bytes: number
    readonly packages: number
  }>
}

export interface MemoryFigures {
  readonly target: string
  readonly workloads: ReadonlyArray<WorkloadId>
  readonly requests: number
  /** In bytes, at equal distances, the first of them before the requests that count. */
  readonly rss: ReadonlyArray<number>
  readonly heap: ReadonlyArray<number>
  /** The heap when all that had been stored in it was swept. */
  readonly swept?: number
  /** In bytes, of a heap that is the store as well. */
  readonly storedPerRequest?: number
  /** Whether anything grew that nobody has stored. */
  readonly grew: boolean
}

export interface Memory {
  readonly run: Run
  readonly figures: ReadonlyArray<MemoryFigures>
}

export interface Micro {
  readonly run: Run
  readonly figures: ReadonlyArray<{ readonly part: string; readonly nanoseconds: number }>
}

export interface SoakFigures {
  readonly target: string
  readonly tokens: Tokens
  /** All of which were answered as expected. */
  readonly requests: number
  /** Bytes, once a minute, when all that had been stored was swept. */
  readonly rss: ReadonlyArray<number>
  readonly heap: ReadonlyArray<number>
  readonly grew: boolean
}

export interface Soak {
  readonly run: Run
  readonly minutes: number
  readonly figures: ReadonlyArray<SoakFigures>
}

export interface Results {
  readonly comparison?: Comparison
  readonly startup?: Startup
  readonly size?: Size
  readonly memory?: Memory
  readonly micro?: Micro
  readonly soak?: Soak
}

const file = fileURLToPath(new URL("../results/latest.json", import.meta.url))

export const read = (): Results => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {})

export const write = (part: Results): void => {
  mkdirSync(fileURLToPath(new URL("../results", import.meta.url)), { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...read(), ...part }, undefined, 2)}\n`)
  // The project's formatter has its own idea of what fits on a line.
  execFileSync("biome", ["format", "--write", file], { cwd: root, stdio: "ignore" })
}

export const thisRun = (load: number): Run => ({
  date: new Date().toISOString(),
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root }).toString().trim(),
  load: Math.round(load * 100) / 100
})

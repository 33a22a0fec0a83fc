/** Reads what V8's sampling profiler has written: where the time went, function by function. */
import { existsSync, readFileSync } from "node:fs"
import { SourceMap } from "node:module"
import { fileURLToPath } from "node:url"
import { root } from "./Prepare.ts"

export interface CpuProfile {
  readonly nodes: ReadonlyArray<{
    readonly id: number
    readonly callFrame: {
      readonly functionName: string
      readonly url: string
      readonly lineNumber: number
      readonly columnNumber: number
    }
    readonly children?: ReadonlyArray<number>
  }>
  readonly samples: ReadonlyArray<number>
  readonly timeDeltas: ReadonlyArray<number>
}

export interface Entry {
  readonly owner: string
  readonly name: string
  readonly place: string
  /** Of the time that was not idle. */
  readonly share: number
}

/** Functions by the time spent in themselves, the longest first. */
export const selfTimes = (profile: CpuProfile): ReadonlyArray<Entry> => shares(profile, (node) => node)

/**
 * Our functions by the time spent in them and in whatever they called that is not ours: what a line of ours
 * causes, wherever it is spent. What nothing of ours called stays with who did it, all of a package together.
 */
export const causedTimes = (profile: CpuProfile): ReadonlyArray<Entry> => {
  const parents = parentsOf(profile)
  return shares(profile, (node) => {
    for (let cause: Node | undefined = node; cause !== undefined; cause = parents.get(cause.id)) {
      if (ownerOf(cause.callFrame.url) === "effect-oauth") return cause
    }
    return isV8(node) ? node : ownerOf(node.callFrame.url)
  })
}

type Node = CpuProfile["nodes"][number]

const parentsOf = (profile: CpuProfile): ReadonlyMap<number, Node> => {
  const parents = new Map<number, Node>()
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node)
  return parents
}

/** Whether the profiler was busy with itself. */
const isProfiler = (node: Node, parents: ReadonlyMap<number, Node>): boolean => {
  for (let caller: Node | undefined = node; caller !== undefined; caller = parents.get(caller.id)) {
    if (caller.callFrame.url === "node:inspector") return true
  }
  return false
}

const isV8 = ({ callFrame: { url } }: Node): boolean => url === ""

const shares = (profile: CpuProfile, attribute: (node: Node) => Node | string): ReadonlyArray<Entry> => {
  const parents = parentsOf(profile)
  const times = new Map<number, number>()
  profile.samples.forEach((id, sample) => {
    times.set(id, (times.get(id) ?? 0) + (profile.timeDeltas[sample] ?? 0))
  })
  const entries = new Map<string, { owner: string; name: string; place: string; time: number }>()
  let busy = 0
  for (const node of profile.nodes) {
    const time = times.get(node.id) ?? 0
    if (node.callFrame.functionName === "(idle)" || isProfiler(node, parents)) continue
    busy += time
    const found = entryOf(attribute(node))
    const key = `${found.name} ${found.place}`
    const entry = entries.get(key)
    if (entry === undefined) entries.set(key, { ...found, time })
    else entry.time += time
  }
  return Array.from(entries.values(), ({ time, ...entry }) => ({ ...entry, share: time / busy }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
}

const entryOf = (cause: Node | string) =>
  typeof cause === "string"
    ? { owner: cause, name: `(all of ${cause})`, place: "" }
    : {
        owner: ownerOf(cause.callFrame.url),
        name: cause.callFrame.functionName || "(anonymous)",
        place: placeOf(cause.callFrame)
      }

const ownerOf = (url: string): string => {
  const path = url.replace("file://", "").replace(root, "")
  const packages = path.split("node_modules/")
  const last = packages.at(-1)
  if (packages.length > 1 && last !== undefined)
    return last
      .split("/")
      .slice(0, last.startsWith("@") ? 2 : 1)
      .join("/")
  if (path.startsWith("dist/")) return "effect-oauth"
  if (path.startsWith("test/")) return "benchmark"
  return url === "" ? "(V8)" : "node"
}

const maps = new Map<string, SourceMap | undefined>()

const sourceMap = (url: string): SourceMap | undefined => {
  if (!maps.has(url)) {
    const file = `${fileURLToPath(url)}.map`
    maps.set(url, existsSync(file) ? new SourceMap(JSON.parse(readFileSync(file, "utf8"))) : undefined)
  }
  return maps.get(url)
}

const placeOf = ({ columnNumber, lineNumber, url }: CpuProfile["nodes"][number]["callFrame"]): string => {
  if (!url.startsWith("file:")) return `${url}:${lineNumber + 1}`
  const found = sourceMap(url)?.findEntry(lineNumber, columnNumber)
  if (found !== undefined && "originalSource" in found) {
    return `${found.originalSource.replace(/^.*?(?=(?:src|node_modules)\/)/, "")}:${found.originalLine + 1}`
  }
  return `${fileURLToPath(url).replace(root, "")}:${lineNumber + 1}`
}

/** Writes what results/latest.json says into docs/performance.md, between its two marks, and draws the chart. */
import { readFileSync, writeFileSync } from "node:fs"
import { chart } from "../harness/Chart.ts"
import { root } from "../harness/Prepare.ts"
import {
  type Comparison,
  type Memory,
  type Micro,
  type Results,
  type Run,
  read,
  type Size,
  type Soak,
  type Startup
} from "../harness/Results.ts"
import { fixed, markdownTable, megabytes } from "../harness/Table.ts"
import { ceiling, labelOf, targets } from "../Targets.ts"
import { labelsOf, workloads } from "../Workloads.ts"

const page = `${root}/docs/performance.md`
const picture = `${root}/docs/performance.svg`
const begin = "<!-- what follows is written by npm run bench -->"
const end = "<!-- what precedes is written by npm run bench -->"

export const report = (): void => {
  const results = read()
  const text = readFileSync(page, "utf8")
  const [before, rest] = text.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`${page} has lost its marks`)
  writeFileSync(page, `${before}${begin}\n\n${sections(results).join("\n\n")}\n\n${end}${after}`)
  if (results.comparison !== undefined) writeFileSync(picture, chart(results.comparison))
  console.log(`\nwrote ${page}`)
}

const sections = (results: Results): ReadonlyArray<string> =>
  [
    results.comparison && comparisonSection(results.comparison),
    (results.startup ?? results.size) && footprintSection(results.startup, results.size),
    results.memory && memorySection(results.memory),
    results.soak && soakSection(results.soak),
    results.micro && microSection(results.micro)
  ].filter((section) => section !== undefined)

const provenance = ({ commit, date, load, machine, node }: Run): string =>
  `${date.slice(0, 10)}, ${machine}, Node ${node.slice(1)}, commit ${commit}, load average ${fixed(load, 2)} when it began.`

const comparisonSection = (comparison: Comparison): string => {
  const measured = comparison.workloads
  const rows = targets
    .filter(({ id }) => measured.some(({ figures }) => figures.some(({ target }) => target === id)))
    .map((target) => [
      target.kind === "ours" ? `**${target.label}**` : target.label,
      ...measured.map(({ figures }) => {
        const one = figures.find((figure) => figure.target === target.id)
        if (one === undefined) return "–"
        return target.id === ceiling.id ? `1 (${fixed(one.cpu, 0)} µs)` : fixed(one.ratio, 2)
      })
    ])
  const goals = ["goal: Node listener", "goal: HttpRouter"].map((name, index) => [
    `*${name}*`,
    ...measured.map(({ workload }) => {
      const goals = workloads.find(({ id }) => id === workload)?.goals
      const goal = index === 0 ? goals?.listener : goals?.router
      return goal === undefined ? "" : `*≤ ${fixed(goal, 2)}*`
    })
  ])
  const details = measured.map(({ figures, workload }) =>
    [
      `<details><summary>${labelsOf([workload])}: all figures</summary>`,
      markdownTable(
        ["", "× ceiling", "lowest–highest", "µs of CPU", "requests/s", "p50 ms", "p99 ms"],
        figures.map((one) => [
          labelOf(one.target),
          fixed(one.ratio, 2),
          `${fixed(one.spread[0], 2)}–${fixed(one.spread[1], 2)}`,
          fixed(one.cpu, 0),
          String(one.perSecond),
          fixed(one.p50, 1),
          fixed(one.p99, 1)
        ])
      ),
      "</details>"
    ].join("\n\n")
  )
  return [
    "## CPU per request, as a multiple of the ceiling",
    `${provenance(comparison.run)} Median of ${comparison.rounds} alternated rounds of ${comparison.seconds} s, 64 connections.`,
    "![The same as a chart](performance.svg)",
    markdownTable(["", ...measured.map(({ workload }) => labelsOf([workload]))], [...rows, ...goals]),
    `Versions: ${Object.entries(comparison.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}.`,
    ...details
  ].join("\n\n")
}

const footprintSection = (startup: Startup | undefined, size: Size | undefined): string => {
  const ids = targets
    .map(({ id }) => id)
    .filter((id) =>
      [...(startup?.figures ?? []), ...(size?.figures ?? [])].some(({ target }) => target === id)
    )
  const run = startup?.run ?? size?.run
  return [
    "## What it takes to have it",
    ...(run === undefined ? [] : [provenance(run)]),
    markdownTable(
      [
        "",
        "first token after, ms",
        "resident at rest, MB",
        "bundled: first token after, ms",
        "resident at rest, MB",
        "installed, MB",
        "packages"
      ],
      ids.map((id) => {
        const started = startup?.figures.find(({ target }) => target === id)
        const installed = size?.figures.find(({ target }) => target === id)
        return [
          labelOf(id),
          started === undefined ? "" : fixed(started.firstAnswer, 0),
          started === undefined ? "" : megabytes(started.rss),
          started?.bundled === undefined ? "" : fixed(started.bundled.firstAnswer, 0),
          started?.bundled === undefined ? "" : megabytes(started.bundled.rss),
          installed === undefined ? "" : fixed(installed.bytes / 2 ** 20, 1),
          installed === undefined ? "" : String(installed.packages)
        ]
      })
    )
  ].join("\n\n")
}

const memorySection = (memory: Memory): string =>
  [
    "## Memory",
    `${provenance(memory.run)} In MB: resident and the heap after a collection, before the requests and after each fifth of them. A heap that is the store as well is swept at the end, as if all had expired: what is left then is what nobody stored.`,
    markdownTable(
      ["", "", "requests", "resident", "heap", "swept", "bytes stored per request", ""],
      memory.figures.map((one) => [
        labelOf(one.target),
        labelsOf(one.workloads),
        String(one.requests),
        one.rss.map(megabytes).join(" "),
        one.heap.map(megabytes).join(" "),
        one.swept === undefined ? "" : megabytes(one.swept),
        one.storedPerRequest === undefined ? "" : String(one.storedPerRequest),
        one.grew ? "**grew**" : "flat"
      ])
    )
  ].join("\n\n")

const soakSection = (soak: Soak): string =>
  [
    `## ${soak.minutes} minutes of mixed traffic`,
    `${provenance(soak.run)} Every request was answered as expected; one that is not ends the run. Every minute all that had been stored was swept, and the heap looked at after a collection.`,
    markdownTable(
      [
        "",
        "access tokens",
        "requests",
        "heap after the first minute, MB",
        "after half the time",
        "at the end",
        ""
      ],
      soak.figures.map(({ grew, heap, requests, target, tokens }) => [
        labelOf(target),
        tokens,
        String(requests),
        megabytes(heap[0] ?? Number.NaN),
        megabytes(heap[Math.floor(heap.length / 2)] ?? Number.NaN),
        megabytes(heap.at(-1) ?? Number.NaN),
        grew ? "**grew**" : heap.length > 1 ? "flat" : ""
      ])
    )
  ].join("\n\n")

const microSection = (micro: Micro): string =>
  [
    "## The parts, each by itself",
    provenance(micro.run),
    markdownTable(
      ["", "µs"],
      micro.figures.map(({ nanoseconds, part }) => [part, fixed(nanoseconds / 1000, 2)])
    )
  ].join("\n\n")

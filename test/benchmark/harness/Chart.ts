/** The chart in docs/performance.svg: for each workload a bar for each target, as long as its multiple of the ceiling. */
import { targets } from "../Targets.ts"
import { workloads } from "../Workloads.ts"
import type { Comparison, Figures } from "./Results.ts"
import { fixed } from "./Table.ts"

const shown = [
  "listener",
  "router",
  "fetch",
  "node-oauth2-server",
  "ts-oauth2-server",
  "oidc-provider",
  "better-auth"
]
/** What is slower is cut off, and its number stands beside it. */
const longest = 6

const panel = { width: 470, gap: 20, title: 26, row: 20, names: 190, values: 44 }
const bars = panel.width - panel.names - panel.values

const style = `
text{font:12px system-ui,sans-serif;fill:#1c2024}
.title{font-weight:600;font-size:13px}
.soft{fill:#60646c}
.ours{fill:#3451b2}
.peer{fill:#b9bbc6}
.rule{stroke:#60646c;stroke-dasharray:3 3}
@media(prefers-color-scheme:dark){text{fill:#edeef0}.soft{fill:#b0b4ba}.ours{fill:#9eb1ff}.peer{fill:#5a6169}.rule{stroke:#b0b4ba}}`

export const chart = ({ workloads: measured }: Comparison): string => {
  const panels = measured.map(({ figures, workload }) => ({
    title: workloads.find(({ id }) => id === workload)?.label ?? workload,
    rows: shown.flatMap((id) => figures.find(({ target }) => target === id) ?? [])
  }))
  const tallest = Math.max(...panels.map(({ rows }) => rows.length))
  const height = panel.title + tallest * panel.row + panel.gap
  const lines = Math.ceil(panels.length / 2)
  const size = { width: panel.width * 2 + panel.gap, height: lines * height + 20 }
  const body = panels.map(({ rows, title }, index) => {
    const x = (index % 2) * (panel.width + panel.gap)
    const y = Math.floor(index / 2) * height
    return `<g transform="translate(${x} ${y})">${drawPanel(title, rows)}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="CPU per request as a multiple of the ceiling">
<style>${style}
</style>
${body.join("\n")}
<text class="soft" x="0" y="${size.height - 6}">CPU per request as a multiple of a hand-written server's (the dashed line); shorter is better. Cut off at ${longest}.</text>
</svg>
`
}

const drawPanel = (title: string, rows: ReadonlyArray<Figures>): string => {
  const bottom = panel.title + rows.length * panel.row
  const one = panel.names + bars / longest
  return [
    `<text class="title" x="0" y="16">${title}</text>`,
    ...rows.map(drawBar),
    `<line class="rule" x1="${fixed(one, 1)}" x2="${fixed(one, 1)}" y1="${panel.title - 4}" y2="${bottom}"/>`
  ].join("\n")
}

const drawBar = ({ ratio, target: id }: Figures, row: number): string => {
  const target = targets.find((target) => target.id === id)
  const y = panel.title + row * panel.row
  const width = (bars * Math.min(ratio, longest)) / longest
  return [
    `<text class="soft" x="0" y="${y + 12}">${target?.label ?? id}</text>`,
    `<rect class="${target?.kind === "ours" ? "ours" : "peer"}" x="${panel.names}" y="${y + 1}" width="${fixed(width, 1)}" height="14" rx="2"/>`,
    `<text x="${fixed(panel.names + width + 5, 1)}" y="${y + 12}">${fixed(ratio, ratio < 10 ? 2 : 0)}</text>`
  ].join("")
}

/** Where a server spends its time: `npm run bench -- profile --workload refresh --target listener`. */
import { mkdirSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Options } from "../harness/Options.ts"
import { type CpuProfile, causedTimes, type Entry, selfTimes } from "../harness/Profile.ts"
import { Load, Subject } from "../harness/Subject.ts"
import { fixed, table } from "../harness/Table.ts"
import { warmUp } from "../harness/WarmUp.ts"
import { supports } from "../Targets.ts"

const folder = fileURLToPath(new URL("../dist/profiles/", import.meta.url))

export const profile = async (options: Options): Promise<void> => {
  mkdirSync(folder, { recursive: true })
  for (const target of options.targets) {
    for (const workload of options.workloads) {
      if (!supports(target, workload)) continue
      const load = await Load.start()
      const subject = await Subject.start(target, load, workload.tokens)
      try {
        await warmUp(subject, workload.id)
        await subject.prepare(workload.id, options.seconds)
        await subject.ask("profile", { on: true })
        await subject.measure(workload.id, options.seconds)
        const profile: CpuProfile = JSON.parse(await subject.ask("profile", { on: false }))
        const file = `${folder}${target.id}-${workload.id}.cpuprofile`
        writeFileSync(file, JSON.stringify(profile))
        console.log(`\n${target.label}, ${workload.label} (${file})\n`)
        print(profile)
      } finally {
        await subject.stop()
        await load.stop()
      }
    }
  }
}

const print = (profile: CpuProfile): void => {
  const self = selfTimes(profile)
  const owners = new Map<string, number>()
  for (const { owner, share } of self) owners.set(owner, (owners.get(owner) ?? 0) + share)
  console.log(
    Array.from(owners)
      .sort(([, a], [, b]) => b - a)
      .map(([owner, share]) => `${owner} ${percent(share)}`)
      .slice(0, 8)
      .join(", ")
  )
  const others = new Set(["node", "(V8)", "benchmark"])
  console.log()
  console.log(list("in the function itself", self.filter(({ owner }) => !others.has(owner)).slice(0, 20)))
  console.log()
  console.log(list("in it and what it called", causedTimes(profile).slice(0, 35)))
}

const list = (title: string, entries: ReadonlyArray<Entry>): string =>
  table(
    [title, "where", ""],
    entries.map(({ name, place, share }) => [name, place, percent(share)])
  )

const percent = (share: number): string => `${fixed(share * 100, 1)} %`

/** Writes each mutant to `.mutation/mutants.jsonl` as soon as it is known, so that a run may end before its time. */
import { appendFileSync } from "node:fs"
import { relative } from "node:path"

class LinesReporter {
  onMutationTestingPlanReady({ mutantPlans }) {
    const runs = mutantPlans.filter(({ plan }) => plan === "Run").length
    console.log(`${mutantPlans.length} mutants, of which ${runs} are run`)
  }

  onMutantTested({ fileName, location, mutatorName, replacement, status }) {
    const mutant = {
      file: relative(process.cwd(), fileName),
      location,
      mutator: mutatorName,
      replacement,
      status
    }
    appendFileSync(".mutation/mutants.jsonl", `${JSON.stringify(mutant)}\n`)
  }
}

export const strykerPlugins = [{ kind: "Reporter", name: "lines", injectableClass: LinesReporter }]

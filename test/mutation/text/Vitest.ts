/** Test files, with a mutant in place of what stands in the source. */
import { spawn } from "node:child_process"
import { env, kill } from "node:process"
import type { TextMutant } from "./TextMutant.ts"

/** In milliseconds: what takes longer does not come to an end. */
const patience = 600_000

export interface Result {
  /** `Survived` says that all tests passed. */
  readonly status: "Killed" | "Survived" | "Timeout"
  /** The files in which a test failed. */
  readonly failed: ReadonlyArray<string>
  readonly output: string
}

export const run = (tests: ReadonlyArray<string>, mutant?: TextMutant): Promise<Result> =>
  new Promise((resolve, reject) => {
    let output = ""
    let isLate = false
    const vitest = spawn("vitest", ["run", "--config", "test/mutation/text/vitest.config.ts"], {
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that its workers end with it.
      detached: true,
      env: {
        ...env,
        NO_COLOR: "1",
        REQUIRE_SERVICES: "1",
        MUTATION_TESTS: tests.join(" "),
        ...(mutant && { MUTATION_TEXT: JSON.stringify(mutant) })
      }
    })
    for (const stream of [vitest.stdout, vitest.stderr]) {
      stream.on("data", (data) => {
        output += data
      })
    }
    const timer = setTimeout(() => {
      isLate = true
      if (vitest.pid !== undefined) kill(-vitest.pid, "SIGKILL")
    }, patience)
    vitest.once("error", reject)
    vitest.once("exit", (code) => {
      clearTimeout(timer)
      const failed = new Set(Array.from(output.matchAll(/FAIL +(\S+)/g), ([, file = ""]) => file))
      const status = code === 0 ? "Survived" : isLate ? "Timeout" : "Killed"
      resolve({ status, failed: [...failed], output })
    })
  })

/** The tests that a text mutant is run against, with the mutant in place of what stands in the source. */
import { relative } from "node:path"
import { cwd, env } from "node:process"
import { mergeConfig, type Plugin } from "vitest/config"
import config from "../vitest.config.ts"
import { replaced, type TextMutant } from "./TextMutant.ts"

const mutant: TextMutant | undefined = env.MUTATION_TEXT && JSON.parse(env.MUTATION_TEXT)

const isBroken = (id: string): boolean => mutant !== undefined && relative(cwd(), id) === mutant.file

const textMutant: Plugin = {
  name: "text-mutant",
  enforce: "pre",
  transform: (source, id) => (mutant !== undefined && isBroken(id) ? replaced(source, mutant) : undefined),
  // What Vitest keeps of a source from one run to the next goes by what stands in the file.
  configureVitest: ({ defineCacheKeyGenerator }) =>
    defineCacheKeyGenerator(({ id }) => (isBroken(id) ? false : undefined))
}

export default mergeConfig(config, {
  plugins: [textMutant],
  test: { pool: "threads", fileParallelism: false, testTimeout: 120_000 }
})

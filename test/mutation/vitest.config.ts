/**
 * The tests that a mutant is run against: those that take milliseconds and need no service. What properties draw
 * is the same each time, so that the same mutant dies each time.
 */
import { matchesGlob, relative } from "node:path"
import { mergeConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import config from "../../vitest.config.ts"

const tests = [
  "test/protocol/*.test.ts",
  "test/endpoints/*.test.ts",
  "test/grants/*.test.ts",
  "test/keys/{Jwks,JwtAccessTokens,JwtIntrospection,KeySchedule,Rotation,SigningKeys}.test.ts",
  "test/oidc/*.test.ts",
  "test/http/openIdProvider.test.ts",
  "test/storage/{memory,expiries,janitor,judgement}.test.ts"
]

// `mutate --tests` and `--stores` name others.
const include = process.env.MUTATION_TESTS?.split(" ") ?? tests

/** As they are named: the first test that notices ends the run, so that those that take long come last. */
class InOrder extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const place = ({ moduleId }: TestSpecification) =>
      include.findIndex((pattern) => matchesGlob(relative(process.cwd(), moduleId), pattern))
    return files.toSorted((one, other) => place(one) - place(other))
  }
}

// One import of Effect for all files of a run: it costs more than the tests do.
const merged = mergeConfig(config, {
  test: {
    isolate: false,
    testTimeout: 10_000,
    setupFiles: ["test/mutation/seed.ts"],
    sequence: { sequencer: InOrder }
  }
})

export default { ...merged, test: { ...merged.test, include } }

/**
 * The tests that a mutant is run against: those that take milliseconds and need no service. What properties draw
 * is the same each time, so that the same mutant dies each time.
 */
import { mergeConfig } from "vitest/config"
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

// One import of Effect for all files of a run: it costs more than the tests do.
const merged = mergeConfig(config, {
  test: { isolate: false, testTimeout: 10_000, setupFiles: ["test/mutation/seed.ts"] }
})

// `mutate --tests` names others.
const include = process.env.MUTATION_TESTS?.split(" ") ?? tests

export default { ...merged, test: { ...merged.test, include } }

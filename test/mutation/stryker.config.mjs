/** How Stryker makes mutants and runs tests. `main.ts` says of what, and for how long. */
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner", import.meta.resolve("./reporter.mjs")],
  reporters: ["lines"],
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false, pool: "threads" },
  coverageAnalysis: "perTest",
  // What runs when a module is loaded would need every test for each mutant.
  ignoreStatic: true,
  // Stryker would read tsconfig.json with TypeScript's API, which TypeScript 7 does not have.
  tsconfigFile: "none",
  ignorePatterns: ["dist", ".examples", ".data", ".mutation", "docs"],
  tempDirName: ".stryker-tmp",
  concurrency: 2,
  timeoutMS: 10_000
}

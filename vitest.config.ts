import { defineConfig } from "vitest/config"

export default defineConfig({
  resolve: { conditions: ["effect-oauth-source"] },
  ssr: { resolve: { conditions: ["effect-oauth-source"] } },
  test: {
    include: ["test/**/*.test.ts", "examples/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000
  }
})

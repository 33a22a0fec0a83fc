import { randomInt } from "node:crypto"
import { env } from "node:process"
import { assert, describe, it } from "@effect/vitest"
import { fuzz, show } from "./Fuzz.ts"
import { findings } from "./findings.ts"
import { spin } from "./support/Spin.ts"
import { targets } from "./targets.ts"

const inputs = Number(env.FUZZ_INPUTS ?? 20_000)

describe("fuzzing", () => {
  for (const target of targets) {
    it(target.name, { timeout: 120_000 }, () => {
      const seed = Number(env.FUZZ_SEED ?? randomInt(2 ** 32))
      const report = fuzz(target, seed, (made) => made < inputs)
      if (report.found !== undefined) assert.fail(`${show(report)}\nFUZZ_SEED=${seed} makes it again`)
    })
  }
})

describe("what was once found", () => {
  for (const { input, target: name, why } of findings) {
    it(`${name}: ${why}`, () => {
      const target = targets.find((one) => one.name === name)
      if (target === undefined) throw new Error(`there is no target ${name}`)
      target.run(input)
    })
  }
})

describe("a fuzzer finds what is wrong, and makes it small", () => {
  const seeds = ["name=value", "a%20b"]

  const smallest = (run: (text: string) => void): string => {
    const report = fuzz({ name: "broken", seeds, run }, 1, (made) => made < 100_000)
    return report.found?.input ?? "nothing was found"
  }

  it("a crash", () => {
    assert.match(
      smallest((text) => decodeURIComponent(text)),
      /^[^a-z]{1,3}$/i
    )
  })

  it("a wrong answer", () => {
    const pollutes = (text: string) => {
      if (text.includes("__proto__") && text.includes("=")) throw new Error("polluted")
    }
    assert.match(smallest(pollutes), /^(?:=__proto__|__proto__=)$/)
  })

  it("time that grows with the square", () => {
    const isQuadratic = (text: string) => spin((text.length / 400) ** 2)
    assert.isAbove(smallest(isQuadratic).length, 5000)
  })
})

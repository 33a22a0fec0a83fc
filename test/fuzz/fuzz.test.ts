import { randomInt } from "node:crypto"
import { env } from "node:process"
import { assert, describe, it } from "@effect/vitest"
import type { House } from "../laws/support/House.ts"
import { takesAnyToken } from "./broken/takesAnyToken.ts"
import { verifiesNothing } from "./broken/verifiesNothing.ts"
import { fuzz, show } from "./Fuzz.ts"
import { findings } from "./findings.ts"
import { forgeries } from "./forgeries.ts"
import { spin } from "./support/Spin.ts"
import { targets } from "./targets.ts"

const inputs = Number(env.FUZZ_INPUTS ?? 20_000)

const everything = [...targets, ...(await forgeries())]

describe("fuzzing", () => {
  for (const target of everything) {
    it(target.name, { timeout: 120_000 }, async () => {
      const seed = Number(env.FUZZ_SEED ?? randomInt(2 ** 32))
      const report = await fuzz(target, seed, (made) => made < inputs / (target.cost ?? 1))
      if (report.found !== undefined) assert.fail(`${show(report)}\nFUZZ_SEED=${seed} makes it again`)
    })
  }
})

describe("what was once found", () => {
  for (const { input, target: name, why } of findings) {
    it(`${name}: ${why}`, async () => {
      const target = everything.find((one) => one.name === name)
      if (target === undefined) throw new Error(`there is no target ${name}`)
      await target.run(input)
    })
  }
})

describe("a fuzzer finds what is wrong, and makes it small", () => {
  const seeds = ["name=value", "a%20b"]

  const smallest = async (run: (text: string) => void): Promise<string> => {
    const report = await fuzz({ name: "broken", seeds, run }, 1, (made) => made < 100_000)
    return report.found?.input ?? "nothing was found"
  }

  it("a crash", async () => {
    assert.match(await smallest((text) => decodeURIComponent(text)), /^[^a-z]{1,3}$/i)
  })

  it("a wrong answer", async () => {
    const pollutes = (text: string) => {
      if (text.includes("__proto__") && text.includes("=")) throw new Error("polluted")
    }
    assert.match(await smallest(pollutes), /^(?:=__proto__|__proto__=)$/)
  })

  it("time that grows with the square", async () => {
    const isQuadratic = (text: string) => spin((text.length / 400) ** 2)
    assert.isAbove((await smallest(isQuadratic)).length, 5000)
  })

  /** What is found of a broken server, from what it has issued and nothing that is forged. */
  const found = async (house: House, name: string) => {
    const target = (await forgeries(house)).find((one) => one.name === name)
    if (target === undefined) throw new Error(`there is no target ${name}`)
    const report = await fuzz({ ...target, seeds: target.seeds.slice(0, 6) }, 1, (made) => made < 5000)
    return report.found?.error
  }

  it("a signature that nobody looks at", async () => {
    assert.include(await found(verifiesNothing, "JWT that is verified"), "nobody has issued it")
    assert.include(await found(verifiesNothing, "id_token_hint"), "it is no ID token of this client")
  })

  it("an access token that nobody has issued", async () => {
    assert.include(await found(takesAnyToken(), "JWT access token"), "true !== false")
  })
})

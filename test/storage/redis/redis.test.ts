import { globSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Services from "../../support/Services.ts"
import { storageSuite } from "../suite/Suite.ts"
import * as Commands from "./Commands.ts"
import * as Redises from "./Redises.ts"

await Services.describeWith(Services.redis, (url) => {
  const nextPrefix = Redises.prefixes(url)
  const seen: Array<Commands.Command> = []
  const recorded = Commands.around(Redises.connection(url), (command) => {
    seen.push(command)
    return (run) => run
  })

  storageSuite("Redis", Redises.emptyStorage(nextPrefix, recorded), { rotations: 1000 })

  describe("the commands that it gave", () => {
    const scripts = () => new Set(seen.flatMap(({ lua }) => (lua === undefined ? [] : [lua])))

    it("include every script", () => {
      const folder = new URL("../../../src/storage/redis/", import.meta.url)
      const sources = globSync("**/*.ts", { cwd: folder }).map((file) =>
        readFileSync(new URL(file, folder), "utf8")
      )
      const made = sources.flatMap((source) => Array.from(source.matchAll(/Script\.make\(/g)))
      assert.isAtLeast(made.length, 20)
      assert.strictEqual(scripts().size, made.length)
    })

    it("have their keys in one slot of a cluster each", () => {
      for (const { keys, name } of seen) {
        assert.isAtLeast(keys.length, 1, name)
        assert.strictEqual(new Set(keys.map(Commands.slotOf)).size, 1, `${name} ${keys.join(" ")}`)
      }
    })

    it("spread over many slots", () => {
      assert.isAtLeast(new Set(seen.flatMap(({ keys }) => keys.map(Commands.slotOf))).size, 500)
    })

    it("a script touches the keys that it is given, and no others", () => {
      for (const lua of scripts()) {
        const touched = Array.from(lua.matchAll(/redis\.call\('\w+', ([^,)]+)/g), ([, key = ""]) => key)
        assert.isNotEmpty(touched)
        // `keep(key, lifetime)` is given one of them.
        for (const key of touched) assert.match(key, /^(KEYS\[(\d|i|i \+ 1)\]|key)$/, lua)
        const kept = Array.from(lua.matchAll(/(?<!function )keep\(([^,]+),/g), ([, key = ""]) => key)
        for (const key of kept) assert.match(key, /^KEYS\[(\d|i)\]$/, lua)
      }
    })

    it("a slot is the CRC16 of the hash tag", () => {
      assert.strictEqual(Commands.slotOf("123456789"), 0x31c3)
      assert.strictEqual(Commands.slotOf("oauth:{123456789}:grant:{x}"), 0x31c3)
    })
  })
})

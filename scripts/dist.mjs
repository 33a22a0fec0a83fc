// An empty dist, with a manifest of its own. For each module that Node loads it reads the
// nearest one, and copies all of its exports: with the package's, a hundred modules cost
// 2 to 5 MB at the start of a server. Bundlers read the nearest one too.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"

const dist = new URL("../dist/", import.meta.url)
const { imports, sideEffects, type } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8")
)

const compiled = (source) => source.replace(/^[.]\/src\/(.+)[.]ts$/, "./$1.js")

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
writeFileSync(
  new URL("package.json", dist),
  JSON.stringify({ type, sideEffects, imports }, (_, value) =>
    typeof value === "string" ? compiled(value) : value
  )
)

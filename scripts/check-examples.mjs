// Compiles every example: the `ts` blocks of docstrings, of the README and of
// docs/, each as a module of its own.
import { execFileSync } from "node:child_process"
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = `${root}.examples/`
process.chdir(root)
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder)

const blocks = (text) => Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code)

const docstrings = (text) =>
  Array.from(text.matchAll(/^ *\/\*\*.*?\*\//gms), ([comment]) => comment.replace(/^ *\* ?/gm, "")).join("\n")

let count = 0
for (const file of [...globSync("src/**/*.ts"), "README.md", ...globSync("docs/**/*.md")].toSorted()) {
  const text = readFileSync(file, "utf8")
  for (const code of blocks(file.endsWith(".md") ? text : docstrings(text))) {
    count++
    writeFileSync(`${folder}${file.replaceAll(/[/.]/g, "_")}_${count}.ts`, `${code}\nexport {}\n`)
  }
}
writeFileSync(
  `${folder}tsconfig.json`,
  JSON.stringify({
    extends: "../tsconfig.json",
    include: ["*.ts"],
    compilerOptions: { noUnusedLocals: false }
  })
)
if (count === 0) throw new Error("found no examples")
try {
  execFileSync("tsc", ["-p", folder], { stdio: "inherit" })
  console.log(`${count} examples compile`)
} catch {
  process.exitCode = 1
}

/** What has to be there before anything is measured: the peers, the library as it is published, and the servers. */
import { spawnSync } from "node:child_process"
import { existsSync, rmSync, statSync, symlinkSync } from "node:fs"
import { fileURLToPath } from "node:url"

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const root = at("../..")

const run = (what: string, command: string, ...args: ReadonlyArray<string>) => {
  console.log(`${what} …`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] })
  if (status !== 0) throw new Error(`${what} failed`)
}

const installPeers = () => {
  const installed = at("peers/node_modules/.package-lock.json")
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(at("peers/package-lock.json")).mtimeMs)
    return
  run("installing the peers", "npm", "ci", "--prefix", at("peers"), "--no-audit", "--no-fund")
}

export const prepare = (options: { readonly build: boolean }) => {
  installPeers()
  if (options.build) run("building the library", "npm", "run", "--silent", "build")
  rmSync(at("dist"), { recursive: true, force: true })
  run("building the servers", "tsc", "-p", at("tsconfig.json"))
  symlinkSync(at("peers/node_modules"), at("dist/peers/node_modules"))
}

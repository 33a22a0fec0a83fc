/** Databases of a test's own, which it may stop, kill and start again. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, readdirSync } from "node:fs"
import { createServer } from "node:net"
import { delimiter, join } from "node:path"
import { env, getuid } from "node:process"
import { describe, it } from "vitest"
import { pause, withFolder, within } from "../../standalone/support/StandaloneServer.ts"
import { isReachable } from "../../support/Services.ts"

/** - `end`: it ends in good order. `crash`: it is gone at once, and finds out at its next start what it had done. */
export type Way = "end" | "crash"

export interface OwnDatabase {
  readonly url: string
  /** The promise is of its being there again. */
  readonly restart: (way: Way) => Promise<void>
}

interface Program {
  readonly name: string
  /** Where it is on this machine, if it is. */
  readonly path: string | undefined
  readonly withDatabase: <A>(path: string, use: (database: OwnDatabase) => Promise<A>) => Promise<A>
}

const findIn = (folders: ReadonlyArray<string>, file: string): string | undefined =>
  folders.map((folder) => join(folder, file)).find((path) => existsSync(path))

const onPath = (env.PATH ?? "").split(delimiter)

// Debian does not put the programs of a server on the PATH: there may be several versions.
const debian = "/usr/lib/postgresql"
const versions = existsSync(debian)
  ? readdirSync(debian).toSorted((one, other) => Number(other) - Number(one))
  : []
const postgresFolders = [...versions.map((version) => join(debian, version, "bin")), ...onPath]

export const postgresProgram: Program = {
  name: "PostgreSQL",
  path: findIn(postgresFolders, "postgres"),
  withDatabase: (path, use) =>
    withFolder(async (folder) => {
      const user = postgresUser()
      if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid)
      const data = join(folder, "data")
      const options = [
        "-D",
        data,
        "-U",
        "postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync"
      ]
      execFileSync(join(path, "..", "initdb"), options, { ...user, cwd: folder, stdio: "ignore" })
      const port = await freePort()
      const command = ["-D", data, "-p", `${port}`, "-c", "listen_addresses=127.0.0.1", "-k", ""]
      return await withProcess(
        () => spawn(path, command, { ...user, cwd: folder, stdio: "ignore" }),
        `postgres://postgres@127.0.0.1:${port}/postgres`,
        // "Fast" and "immediate" shutdown; the latter is recovery from the log at the next start.
        { end: "SIGINT", crash: "SIGQUIT" },
        use
      )
    })
}

// PostgreSQL refuses to be root.
const postgresUser = (): { readonly uid?: number; readonly gid?: number } => {
  if (getuid?.() !== 0) return {}
  const id = (option: string) => Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

export const redisProgram: Program = {
  name: "Redis",
  path: findIn(onPath, "redis-server"),
  withDatabase: (path, use) =>
    withFolder(async (folder) => {
      const port = await freePort()
      const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", ""]
      const durably = ["--appendonly", "yes", "--appendfsync", "always"]
      return await withProcess(
        () => spawn(path, [...options, ...durably], { cwd: folder, stdio: "ignore" }),
        `redis://127.0.0.1:${port}`,
        { end: "SIGTERM", crash: "SIGKILL" },
        use
      )
    })
}

const withProcess = async <A>(
  start: () => ChildProcess,
  url: string,
  signals: Readonly<Record<Way, NodeJS.Signals>>,
  use: (database: OwnDatabase) => Promise<A>
): Promise<A> => {
  let running: { readonly child: ChildProcess; readonly exited: Promise<void> } | undefined
  const launch = async () => {
    const child = start()
    const exited = new Promise<void>((resolve) => child.once("close", () => resolve()))
    running = { child, exited }
    await within(`a server at ${url}`, async (signal) => {
      while (!signal.aborted && !(await isReachable({ name: "it", url, variable: "" }))) {
        if (child.exitCode !== null) throw new Error(`The server at ${url} ended with ${child.exitCode}`)
        await pause(50)
      }
    })
  }
  const stop = async (signal: NodeJS.Signals) => {
    running?.child.kill(signal)
    await within(`the server at ${url} to end`, async () => running?.exited)
  }
  try {
    await launch()
    return await use({
      url,
      restart: async (way) => {
        await stop(signals[way])
        await launch()
      }
    })
  } finally {
    await stop(signals.crash)
  }
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Tests that need a program: skipped loudly where it is missing, and a failure with REQUIRE_SERVICES=1. */
export const describeWithOwn = (
  { name, path, withDatabase }: Program,
  tests: (withOwn: <A>(use: (database: OwnDatabase) => Promise<A>) => Promise<A>) => void
): void => {
  const run = (path: string) => describe(`with ${name}`, () => tests((use) => withDatabase(path, use)))
  if (path !== undefined) return void run(path)
  const problem = `the program of ${name}'s server is not on this machine`
  if (env.REQUIRE_SERVICES === "1") {
    describe(`with ${name}`, () => {
      it("can be started", () => {
        throw new Error(problem)
      })
    })
  } else {
    console.warn(`\n!!! SKIPPED: ${problem}. REQUIRE_SERVICES=1 makes this a failure.\n`)
    describe.skip(`with ${name}`, () => tests((use) => withDatabase("", use)))
  }
}

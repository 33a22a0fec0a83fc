/**
 * The standalone server as a process of its own, started as `npm start` starts it, in a folder of its own
 * and with an environment that holds nothing but its settings.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import { afterAll } from "vitest"

export const root = fileURLToPath(new URL("../../..", import.meta.url))

const manifest = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ scripts: Schema.Struct({ start: Schema.String }) }))
)(readFileSync(join(root, "package.json"), "utf8"))

/** What `npm start` runs. */
export const startScript = manifest.scripts.start

// The program of the script is the node of this package, as it is for npm.
const [, ...startArguments] = startScript
  .split(" ")
  .map((word) => (word.endsWith(".ts") ? join(root, word) : word))

export type Settings = Readonly<Record<string, string>>

export interface Exited {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface StandaloneServer {
  readonly pid: number
  /** Where it listens: `http://127.0.0.1:9000`. */
  readonly origin: string
  readonly issuer: string
  /** Everything that it has written to its standard output. */
  readonly output: () => string
  /** Sends a signal; the promise is of the process's end. */
  readonly stop: (signal: NodeJS.Signals) => Promise<Exited>
  readonly exited: Promise<Exited>
}

/** The longest that anything here may take, on a machine that is busy with other things. */
export const patience = 60_000

/** A folder to be removed again. */
export const makeFolder = () => {
  const path = mkdtempSync(join(tmpdir(), "effect-oauth-"))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A folder that is gone after `use`. */
export const withFolder = async <A>(use: (folder: string) => Promise<A>): Promise<A> => {
  const { path, remove } = makeFolder()
  try {
    return await use(path)
  } finally {
    remove()
  }
}

/** A server in a folder; the process is gone after `use`. */
export const withServerIn = async <A>(
  folder: string,
  settings: Settings,
  use: (server: StandaloneServer) => Promise<A>
): Promise<A> => {
  const server = await start(folder, settings)
  try {
    return await use(server)
  } finally {
    await server.stop("SIGKILL")
  }
}

/** A server in a folder of its own. */
export const withServer = <A>(
  settings: Settings,
  use: (server: StandaloneServer) => Promise<A>
): Promise<A> => withFolder((folder) => withServerIn(folder, settings, use))

/** A start that fails, or runs for longer than it may. */
export const failToStart = async (
  folder: string,
  settings: Settings
): Promise<Exited & { readonly errors: string }> => {
  const { child, errors, exited } = run(folder, settings)
  const timer = setTimeout(() => child.kill("SIGKILL"), patience)
  const end = await exited
  clearTimeout(timer)
  return { ...end, errors: errors() }
}

/** Starts a server and waits until it listens. */
export const start = async (folder: string, settings: Settings): Promise<StandaloneServer> => {
  const { child, errors, exited, output } = run(folder, settings)
  const { address, issuer } = await within("the server to listen", async (signal) => {
    for (;;) {
      const [, issuer, address] = /(\S+) is listening on (http:\S+)/.exec(output()) ?? []
      if (address !== undefined && issuer !== undefined) return { address, issuer }
      if (child.exitCode !== null || signal.aborted) break
      await pause(10)
    }
    child.kill("SIGKILL")
    throw new Error(`The server did not start:\n${output()}${errors()}`)
  })
  return {
    pid: child.pid ?? 0,
    origin: address,
    issuer,
    output,
    exited,
    stop: (signal) => {
      child.kill(signal)
      return within(`the process to end after ${signal}`, () => exited)
    }
  }
}

// Whatever becomes of the tests of a file, no server outlives them.
const running = new Set<ChildProcess>()
afterAll(() => {
  for (const child of running) child.kill("SIGKILL")
})

const run = (folder: string, settings: Settings) => {
  const child = spawn(process.execPath, startArguments, {
    cwd: folder,
    env: { PORT: "0", ...settings },
    stdio: ["ignore", "pipe", "pipe"]
  })
  running.add(child)
  const exited = new Promise<Exited>((resolve) =>
    child.once("close", (code, signal) => {
      running.delete(child)
      resolve({ code, signal })
    })
  )
  return { child, exited, output: collect(child.stdout), errors: collect(child.stderr) }
}

const collect = (stream: ChildProcess["stdout"]) => {
  let text = ""
  stream?.setEncoding("utf8").on("data", (chunk) => {
    text += chunk
  })
  return () => text
}

export const pause = (millis: number) => new Promise<void>((resolve) => setTimeout(resolve, millis))

/** Waits for something, and no longer than it may take. */
export const within = async <A>(what: string, wait: (signal: AbortSignal) => Promise<A>): Promise<A> => {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      controller.abort()
      reject(new Error(`Waited too long for ${what}`))
    }, patience)
  })
  try {
    return await Promise.race([wait(controller.signal), tooLong])
  } finally {
    clearTimeout(timer)
  }
}

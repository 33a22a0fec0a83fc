/** A child process that answers one question at a time, the first of them ("are you there?") unasked. */
import { type ChildProcess, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { availableParallelism } from "node:os"
import { fileURLToPath } from "node:url"

export const compiled = (module: string): string =>
  fileURLToPath(new URL(`../dist/${module}`, import.meta.url))

// The server has a core for itself; all else shares the other one.
const pinned = availableParallelism() >= 2 && existsSync("/usr/bin/taskset")

const command = (core: number | undefined, args: ReadonlyArray<string>): readonly [string, Array<string>] =>
  pinned && core !== undefined
    ? ["/usr/bin/taskset", ["-c", String(core), process.execPath, ...args]]
    : [process.execPath, [...args]]

type Reply = { readonly answer?: unknown; readonly error?: string }

export class Child {
  readonly #process: ChildProcess
  readonly #name: string
  #stderr = ""
  #end: Error | undefined
  #settle:
    | { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }
    | undefined

  private constructor(name: string, core: number | undefined, args: ReadonlyArray<string>) {
    const [file, words] = command(core, args)
    this.#name = name
    this.#process = spawn(file, words, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_ENV: "production", NO_COLOR: "1" }
    })
    this.#process.stderr?.on("data", (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk}`.slice(-4000)
    })
    this.#process.on("message", ({ answer, error }: Reply) => {
      if (error === undefined) this.#settle?.resolve(answer)
      else this.#settle?.reject(new Error(`${this.#name}: ${error}`))
    })
    this.#process.on("exit", (code, signal) => {
      this.#end = new Error(`${this.#name} ended (${signal ?? code}) ${this.#stderr}`.trim())
      this.#settle?.reject(this.#end)
    })
    this.#process.on("error", (error) => {
      this.#end ??= error
      this.#settle?.reject(error)
    })
  }

  /** Starts a process, and waits for its first answer. */
  static async start(options: {
    readonly name: string
    readonly core?: number
    readonly args: ReadonlyArray<string>
  }): Promise<readonly [child: Child, answer: unknown]> {
    const child = new Child(options.name, options.core, options.args)
    return [child, await child.#next()]
  }

  async ask(question: object): Promise<unknown> {
    if (this.#end !== undefined) throw this.#end
    const answer = this.#next()
    this.#process.send(question)
    return answer
  }

  /** Lets go of the process, and waits until it has ended. */
  async stop(): Promise<void> {
    if (this.#end !== undefined) return
    const ended = new Promise((resolve) => this.#process.once("exit", resolve))
    this.#settle = undefined
    if (this.#process.connected) this.#process.disconnect()
    // To remove what a million requests left in a database takes a while.
    const impatient = setTimeout(() => this.#process.kill(), 120_000)
    await ended
    clearTimeout(impatient)
  }

  #next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
  }
}

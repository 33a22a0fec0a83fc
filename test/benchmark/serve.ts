/**
 * The process of a server under test: `node serve.js <module> <storage> <tokens>`. Its parent asks it things over IPC;
 * while it is not asked, it does nothing but serve.
 */
import type { Session } from "node:inspector/promises"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import type { Start } from "./Server.ts"
import type { Tokens } from "./Workloads.ts"

export type Question =
  | { readonly ask: "usage" }
  | { readonly ask: "memory" }
  | { readonly ask: "age" }
  | { readonly ask: "codes"; readonly count: number }
  | { readonly ask: "sign-in" }
  | { readonly ask: "sweep" }
  | { readonly ask: "profile"; readonly on: boolean }

export interface Answers {
  /** Microseconds of CPU, user and system, of the whole process, since it began. */
  readonly usage: number
  /** Bytes. The heap is what is left after collections; `rss` is taken before them. */
  readonly memory: { readonly rss: number; readonly heap: number }
  /** Nothing: what is young has become old. */
  readonly age: undefined
  readonly codes: ReadonlyArray<string>
  readonly "sign-in": string
  /** Whether it can. */
  readonly sweep: boolean
  /** What V8's sampling profiler saw since it was turned on, as JSON. */
  readonly profile: string
}

const [, , entry = "", storage = "memory", tokens = "opaque"] = process.argv
const isTokens = (text: string): text is Tokens => text === "opaque" || text === "jwt"
if (!isTokens(tokens)) throw new Error(`${tokens} is no kind of access token`)
const module: { readonly start: Start } = await import(entry)
const running = await module.start({ storage, tokens })

const answer = async (question: Question): Promise<Answers[Question["ask"]]> => {
  switch (question.ask) {
    case "usage": {
      const { system, user } = process.cpuUsage()
      return user + system
    }
    case "memory": {
      const { rss } = process.memoryUsage()
      collectGarbage()
      running.settle?.()
      collectGarbage()
      return { rss, heap: process.memoryUsage().heapUsed }
    }
    case "age":
      age()
      return undefined
    case "codes":
      return running.mintCodes(question.count)
    case "sign-in":
      if (running.signIn === undefined) throw new Error(`${entry} cannot sign anybody in`)
      return running.signIn()
    case "sweep":
      await running.sweep?.()
      return running.sweep !== undefined
    case "profile":
      return profile(question.on)
  }
}

let session: Session | undefined

const profile = async (on: boolean): Promise<string> => {
  if (on) {
    const { Session } = await import("node:inspector/promises")
    session = new Session()
    session.connect()
    await session.post("Profiler.enable")
    await session.post("Profiler.setSamplingInterval", { interval: 200 })
    await session.post("Profiler.start")
    return ""
  }
  const stopped = await session?.post("Profiler.stop")
  session?.disconnect()
  return JSON.stringify(stopped?.profile)
}

const exposed = (): ((options?: { readonly type: "minor" }) => void) => {
  setFlagsFromString("--expose-gc")
  return runInNewContext("gc")
}

const collectGarbage = () => {
  const gc = exposed()
  gc()
  gc()
}

// V8 copies an object twice before it takes it for old.
const age = () => {
  const gc = exposed()
  gc({ type: "minor" })
  gc({ type: "minor" })
}

process.on("message", (question: Question) => {
  answer(question).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) })
  )
})
// It ends by itself, so that a profile is written.
process.on("disconnect", () => {
  Promise.resolve(running.close?.()).finally(() => process.exit())
})
process.send?.({ answer: running.port })

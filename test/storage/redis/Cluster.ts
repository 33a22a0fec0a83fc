/** A Redis Cluster of three nodes, for as long as the scope. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeRedis from "@effect/platform-node/NodeRedis"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redis from "effect/persistence/Redis"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import { createCluster } from "redis"

const slotRanges = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383]
] as const

class NotReady extends Data.TaggedError("NotReady") {}

/** A port that no outgoing connection takes; if it is in use all the same, the node will not start. */
const randomPort = Effect.map(Random.nextIntBetween(10_000, 15_000), (half) => 2 * half)

/** Starts a node, and tells its port. */
const startNode = Effect.gen(function* () {
  const port = yield* randomPort
  const child = yield* spawnNode(port)
  yield* ask(port, "PING").pipe(
    Effect.retry({
      schedule: Schedule.spaced("100 millis"),
      times: 100,
      while: () => child.exitCode === null
    })
  )
  return port
}).pipe(Effect.retry({ times: 5 }))

const spawnNode = (port: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const directory = mkdtempSync(join(tmpdir(), "effect-oauth-cluster-"))
      const options = {
        port,
        "cluster-port": port + 1,
        "cluster-enabled": "yes",
        "cluster-node-timeout": 2000,
        bind: "127.0.0.1",
        dir: directory,
        save: "",
        appendonly: "no"
      }
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
      return { directory, child: spawn("redis-server", args, { stdio: "ignore" }) }
    }),
    ({ child, directory }) =>
      Effect.promise(async () => {
        await stop(child)
        rmSync(directory, { recursive: true, force: true })
      })
  ).pipe(Effect.map(({ child }) => child))

const stop = async (child: ChildProcess) => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGKILL")
  await exit
}

const ask = (port: number, command: string, ...args: ReadonlyArray<string>) =>
  Effect.flatMap(Redis.Redis, (redis) => redis.send<string>(command, ...args)).pipe(
    Effect.provide(NodeRedis.layer({ socket: { host: "127.0.0.1", port } }))
  )

/** Tries again for twenty seconds. */
const eventually = Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 200 })

/** The port of a node. */
const cluster = Effect.gen(function* () {
  const ports = yield* Effect.forEach(slotRanges, () => startNode)
  const [first = 0] = ports
  for (const [index, port] of ports.entries()) {
    const [from, to] = slotRanges[index] ?? [0, 0]
    yield* ask(port, "CLUSTER", "ADDSLOTSRANGE", String(from), String(to))
    if (port !== first) yield* ask(first, "CLUSTER", "MEET", "127.0.0.1", String(port), String(port + 1))
  }
  for (const port of ports) {
    yield* ask(port, "CLUSTER", "INFO").pipe(
      Effect.filterOrFail(
        (info) => info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:3"),
        () => new NotReady()
      ),
      eventually
    )
  }
  return first
})

/** Effect's `Redis` over a client that knows the cluster: a command goes to the node of its first key. */
const makeRedis = (port: number) =>
  Effect.gen(function* () {
    const client = yield* Effect.acquireRelease(
      Effect.promise(async () => {
        const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] })
        client.on("error", () => {})
        await client.connect()
        return client
      }),
      (client) => Effect.sync(() => client.destroy())
    )
    const send = <A = unknown>(command: string, ...args: ReadonlyArray<string>) =>
      Effect.tryPromise({
        try: () => client.sendCommand<A>(firstKey(command, args), false, [command, ...args]),
        catch: (cause) => new Redis.RedisError({ cause })
      })
    return yield* Redis.make({
      send,
      subscribe: () => Effect.die("not here"),
      connect: Effect.die("not here")
    })
  })

const firstKey = (command: string, args: ReadonlyArray<string>): string | undefined => {
  if (command === "SCRIPT") return undefined
  return command === "EVALSHA" || command === "EVAL" ? args[2] : args[0]
}

/** A client of a new cluster. */
export const layer: Layer.Layer<Redis.Redis, unknown> = Layer.effect(
  Redis.Redis,
  Effect.flatMap(cluster, makeRedis)
)

import { spawnSync } from "node:child_process"
import { env } from "node:process"
import { afterAll, beforeAll, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { Redis } from "effect/persistence/Redis"
import { storageSuite } from "../suite/Suite.ts"
import * as Cluster from "./Cluster.ts"
import * as Redises from "./Redises.ts"

const isInstalled = spawnSync("redis-server", ["--version"]).status === 0
if (!isInstalled && env.REQUIRE_SERVICES === "1") throw new Error("redis-server is not installed")
if (!isInstalled) console.warn("\n!!! SKIPPED: no redis-server to make a cluster of.\n")

describe.skipIf(!isInstalled)("with a Redis Cluster of three nodes", () => {
  const runtime = ManagedRuntime.make(Cluster.layer)
  beforeAll(() => runtime.runPromise(Redis), 60_000)
  afterAll(() => runtime.dispose())

  let count = 0
  const redis = Layer.effect(
    Redis,
    Effect.promise(() => runtime.runPromise(Redis))
  )
  storageSuite(
    "Redis Cluster",
    Redises.emptyStorage(() => `cluster-${count++}`, redis),
    { rotations: 50 }
  )
})

/**
 * Servers that some tests need. Where one cannot be reached, its tests are
 * skipped, and loudly so; with REQUIRE_SERVICES=1 they fail.
 */

import { connect } from "node:net"
import { env } from "node:process"
import { describe, it } from "@effect/vitest"

export interface Service {
  readonly name: string
  readonly url: string
  /** The environment variable that tells another place. */
  readonly variable: string
}

export const redis: Service = {
  name: "Redis",
  url: env.TEST_REDIS_URL ?? "redis://127.0.0.1:6379",
  variable: "TEST_REDIS_URL"
}

export const postgres: Service = {
  name: "PostgreSQL",
  url: env.TEST_POSTGRES_URL ?? "postgres://postgres@127.0.0.1:5432/test",
  variable: "TEST_POSTGRES_URL"
}

const patience = 2000
const ports: Readonly<Record<string, number>> = {
  "redis:": 6379,
  "rediss:": 6379,
  "postgres:": 5432,
  "postgresql:": 5432
}

/** Whether somebody listens at the service's address. */
export const isReachable = ({ url }: Service): Promise<boolean> => {
  const { hostname, port, protocol } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (ports[protocol] ?? 0) : Number(port)
    })
    const answer = (reachable: boolean) => {
      socket.destroy()
      resolve(reachable)
    }
    socket.setTimeout(patience, () => answer(false))
    socket.once("connect", () => answer(true))
    socket.once("error", () => answer(false))
  })
}

/**
 * Tests that need a service:
 *
 *     await describeWith(redis, (url) => {
 *       it("…", () => …)
 *     })
 */
export const describeWith = async (service: Service, tests: (url: string) => void): Promise<void> => {
  const { name, url, variable } = service
  if (await isReachable(service)) return void describe(`with ${name}`, () => tests(url))
  const problem = `${name} cannot be reached at ${new URL(url).host} (${variable} tells another place)`
  if (env.REQUIRE_SERVICES === "1") {
    describe(`with ${name}`, () => {
      it("can be reached", () => {
        throw new Error(problem)
      })
    })
  } else {
    console.warn(`\n!!! SKIPPED: ${problem}. REQUIRE_SERVICES=1 makes this a failure.\n`)
    describe.skip(`with ${name}`, () => tests(url))
  }
}

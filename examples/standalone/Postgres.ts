/** PostgreSQL, where DATABASE_URL is `postgres://…`. */
import { connect } from "node:net"
import * as PgClient from "@effect/sql-pg/PgClient"
import { Redacted } from "effect"

/**
 * A pool of at most ten connections, made when they are needed. While PostgreSQL is stuck a request fails, so that
 * its client tries again, instead of waiting for it: a statement may take five seconds, those that it spends waiting
 * for somebody's lock included, and a connection on which nothing comes for seven is given up.
 */
export const layer = (url: string) =>
  PgClient.layer({
    url: Redacted.make(url),
    startupParameters: { statement_timeout: "5s" },
    ...(!/[?&]connect_timeout=/.test(url) && { connectTimeout: "3 seconds" }),
    // Before they would be given up for being quiet.
    idleTimeout: "5 seconds",
    ...(hasAddress(url) && { stream: () => connectTo(url) })
  })

/** For migrations, which take the time that they take, and wait for each other. */
export const layerPatient = (url: string) => PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })

// The server's own timeout says nothing while the server, or the way to it, is stuck.
const connectTo = (url: string) => {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, "")
  const socket = connect({ host, port: Number(port || 5432), noDelay: true })
  return socket.setTimeout(7000, () => socket.destroy())
}

// Without a host in front, the URL names a socket of this machine.
const hasAddress = (url: string) => URL.canParse(url) && new URL(url).hostname !== ""

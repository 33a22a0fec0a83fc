/** PostgreSQL, where DATABASE_URL is `postgres://…`. */
import * as PgClient from "@effect/sql-pg/PgClient"
import { Redacted } from "effect"

/** A pool of at most ten connections, made when they are needed. */
export const layer = (url: string) => PgClient.layer({ url: Redacted.make(url) })

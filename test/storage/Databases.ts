/** SQLite databases for tests. */

import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqliteClient from "../../src/node/SqliteClient.ts"

/** The name of a file that is there for as long as the scope. */
export const temporaryFile = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-oauth-storage-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
).pipe(Effect.map((directory) => join(directory, "oauth.db")))

export const inMemory = SqliteClient.layer({ filename: ":memory:" })

export const inFile = Layer.unwrap(Effect.map(temporaryFile, (filename) => SqliteClient.layer({ filename })))

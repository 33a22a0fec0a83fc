import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqliteClient from "effect-oauth/node/SqliteClient"
import * as SqlStorage from "effect-oauth/storage/sql/SqlStorage"
import { durable } from "./durable.ts"

const temporaryFile = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-oauth-bench-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
).pipe(Effect.map((directory) => join(directory, "oauth.db")))

export const layer = durable(
  SqlStorage.layer.pipe(
    Layer.provide(Layer.unwrap(Effect.map(temporaryFile, (filename) => SqliteClient.layer({ filename }))))
  )
)

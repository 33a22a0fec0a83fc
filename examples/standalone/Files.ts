/** Making folders and files that may be there already. */
import { randomUUID } from "node:crypto"
import { dirname } from "node:path"
import { Effect, FileSystem, type PlatformError } from "effect"

/**
 * Makes a folder and those above it. Step by step: where no folder can be made, as in `/proc`, Node's
 * `recursive` tries for ever.
 */
export const makeFolder: (
  path: string
) => Effect.Effect<void, PlatformError.PlatformError, FileSystem.FileSystem> = Effect.fnUntraced(
  function* (path) {
    const files = yield* FileSystem.FileSystem
    if (yield* files.exists(path)) return
    yield* makeFolder(dirname(path))
    yield* Effect.catchIf(files.makeDirectory(path), isThere, () => Effect.void)
  }
)

/**
 * Writes a file that only its owner may read, unless there is one. It is written aside and then linked, so
 * that whoever finds it finds all of it, and of two processes that start together one is first.
 */
export const writeOnce = Effect.fnUntraced(function* (path: string, content: string) {
  const files = yield* FileSystem.FileSystem
  if (yield* files.exists(path)) return
  const draft = `${path}.${randomUUID()}`
  yield* files.writeFileString(draft, content, { mode: 0o600 })
  yield* Effect.catchIf(files.link(draft, path), isThere, () => Effect.void)
  yield* files.remove(draft)
})

const isThere = ({ reason }: PlatformError.PlatformError) => reason._tag === "AlreadyExists"

import * as Layer from "effect/Layer"
import { storeLaws } from "effect-oauth/testing/vitest"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "../storage/Databases.ts"
import { modelLaws, runs } from "../support/Runs.ts"

storeLaws("SQLite in memory", modelLaws, SqlStorage.layer.pipe(Layer.provide(Databases.inMemory)), { runs })

storeLaws("SQLite in a file", modelLaws, SqlStorage.layer.pipe(Layer.provide(Databases.inFile)), { runs })

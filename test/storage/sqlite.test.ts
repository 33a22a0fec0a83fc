import * as Layer from "effect/Layer"
import * as SqlStorage from "../../src/storage/sql/SqlStorage.ts"
import * as Databases from "./Databases.ts"
import { storageSuite } from "./suite/Suite.ts"

storageSuite("SQLite in memory", SqlStorage.layer.pipe(Layer.provide(Databases.inMemory)))

storageSuite("SQLite in a file", SqlStorage.layer.pipe(Layer.provide(Databases.inFile)), { rotations: 1000 })

import * as Layer from "effect/Layer"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import { describeWith, postgres } from "../../support/Services.ts"
import { storageSuite } from "../suite/Suite.ts"
import { emptied } from "./Emptied.ts"

await describeWith(postgres, (url) => {
  storageSuite("PostgreSQL", SqlStorage.layerNoMigrations.pipe(Layer.provide(emptied(url))), {
    rotations: 100
  })
})

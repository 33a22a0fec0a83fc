import * as Layer from "effect/Layer"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import { inTemporarySchema } from "../../support/Postgres.ts"
import { describeWith, postgres } from "../../support/Services.ts"
import { storageSuite } from "../suite/Suite.ts"

await describeWith(postgres, (url) => {
  storageSuite("PostgreSQL", SqlStorage.layer.pipe(Layer.provide(inTemporarySchema(url))), {
    rotations: 1000
  })
})

import * as Layer from "effect/Layer"
import { storeLaws } from "effect-oauth/testing/vitest"
import * as SqlStorage from "../../../src/storage/sql/SqlStorage.ts"
import { inTemporarySchema } from "../../support/Postgres.ts"
import { modelLaws, runs } from "../../support/Runs.ts"
import { describeWith, postgres } from "../../support/Services.ts"

await describeWith(postgres, (url) => {
  storeLaws("PostgreSQL", modelLaws, SqlStorage.layer.pipe(Layer.provide(inTemporarySchema(url))), { runs })
})

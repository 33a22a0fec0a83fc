import { storageLaws } from "effect-oauth/testing/vitest"
import * as Storage from "../../src/storage/Storage.ts"
import { runs } from "../support/Runs.ts"

storageLaws("memory", Storage.layerMemory, { runs })

import { storageLaws } from "effect-oauth/testing/vitest"
import * as Storage from "../../src/storage/Storage.ts"

storageLaws("memory", Storage.layerMemory)

import * as Storage from "../../src/storage/Storage.ts"
import { storageSuite } from "./suite/Suite.ts"

storageSuite("memory", Storage.layerMemory)

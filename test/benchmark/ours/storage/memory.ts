import * as Storage from "effect-oauth/storage/Storage"
import { benchClient } from "../assembly.ts"

export const layer = Storage.layerMemoryWith({ clients: [benchClient] })

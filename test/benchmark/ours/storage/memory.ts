import { Storage } from "effect-oauth"
import { benchClient } from "../assembly.ts"

export const layer = Storage.layerMemoryWith({ clients: [benchClient] })

/** What every storage that outlives the process needs besides: the client, and a key that outlives it too. */

import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as SecretKeys from "effect-oauth/services/SecretKeys"
import * as Storage from "effect-oauth/storage/Storage"
import { benchClient } from "../assembly.ts"

export const durable = <A, E>(storage: Layer.Layer<A | Storage.Storage, E>) =>
  Storage.layerClients([benchClient]).pipe(
    Layer.provideMerge(storage),
    Layer.merge(SecretKeys.layer(Redacted.make("bench bench bench bench bench bench bench")))
  )

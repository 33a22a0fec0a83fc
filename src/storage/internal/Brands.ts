/**
 * What comes back from where it is stored was checked when it went in.
 */
import * as Brand from "effect/Brand"
import type { ClientId } from "../../protocol/Client.ts"
import type { Scope } from "../../protocol/Scope.ts"
import type { SecretHash } from "../../protocol/Secret.ts"

export const brandClientId = Brand.nominal<ClientId>()
export const brandScope = Brand.nominal<Scope>()
export const brandHash = Brand.nominal<SecretHash>()

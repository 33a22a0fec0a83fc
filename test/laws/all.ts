/** Every law. */
import { introspection } from "./introspection.ts"
import { once } from "./once.ts"
import { revocation } from "./revocation.ts"
import { rotation } from "./rotation.ts"
import { scopes } from "./scopes.ts"
import type { Law } from "./support/Law.ts"

export const all: ReadonlyArray<Law> = [once, scopes, introspection, rotation, revocation]

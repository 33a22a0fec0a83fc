/** Every law. */
import { adapters } from "./adapters.ts"
import { garbage } from "./garbage.ts"
import { idTokens } from "./idTokens.ts"
import { introspection } from "./introspection.ts"
import { keys } from "./keys.ts"
import { logout } from "./logout.ts"
import { once } from "./once.ts"
import { redirects } from "./redirects.ts"
import { replay } from "./replay.ts"
import { revocation } from "./revocation.ts"
import { rotation } from "./rotation.ts"
import { scopes } from "./scopes.ts"
import { secrets } from "./secrets.ts"
import { subjects } from "./subjects.ts"
import type { Law } from "./support/Law.ts"

export const all: ReadonlyArray<Law> = [
  once,
  redirects,
  scopes,
  introspection,
  rotation,
  revocation,
  garbage,
  secrets,
  adapters,
  replay,
  idTokens,
  subjects,
  logout,
  keys
]

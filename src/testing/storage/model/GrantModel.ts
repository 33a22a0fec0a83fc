/**
 * The grant store in plain data: what every verb does, and in which order it
 * looks. Small enough to be read against the contract, and never shared with a
 * store.
 */

import type { Scope } from "../../../protocol/Scope.ts"
import type { SecretHash } from "../../../protocol/Secret.ts"
import type {
  AccessToken,
  AuthorizationCode,
  Grant,
  GrantId,
  GrantStatus,
  Issue,
  RedeemCode,
  RedeemOutcome,
  RefreshFamily,
  RevokeOutcome,
  RevokeTarget,
  Rotate,
  RotateOutcome
} from "../../../storage/GrantStore.ts"
import { alive, type Table, without, withRow } from "./Table.ts"

type UnderGrant = { readonly grantId: GrantId; readonly expiresAt: number }
type CodeRow = AuthorizationCode & UnderGrant & { readonly redeemedAt: number | undefined }
type TokenRow = AccessToken & UnderGrant & { readonly revokedAt: number | undefined }
type FamilyRow = RefreshFamily &
  UnderGrant & {
    readonly previousHash: SecretHash | undefined
    readonly rotatedAt: number | undefined
    readonly rotatedScope: Scope | undefined
    readonly replays: number
  }

export interface State {
  readonly grants: Table<GrantStatus>
  readonly codes: Table<CodeRow>
  readonly accessTokens: Table<TokenRow>
  readonly families: Table<FamilyRow>
}

export const empty: State = { grants: {}, codes: {}, accessTokens: {}, families: {} }

export type Call =
  | {
      readonly verb: "authorize"
      readonly grant: Grant
      readonly issue: Issue & { readonly code?: AuthorizationCode }
    }
  | { readonly verb: "redeemCode"; readonly request: RedeemCode }
  | { readonly verb: "rotate"; readonly request: Rotate }
  | { readonly verb: "revoke"; readonly target: RevokeTarget; readonly now: number }

/** `Refused`: there is such a row already, so that nothing is stored. */
export type Outcome = "Stored" | "Refused" | RedeemOutcome | RotateOutcome | RevokeOutcome

export const step = (state: State, call: Call): readonly [State, Outcome] => {
  switch (call.verb) {
    case "authorize":
      return authorize(state, call.grant, call.issue)
    case "redeemCode":
      return redeemCode(state, call.request)
    case "rotate":
      return rotate(state, call.request)
    case "revoke":
      return revoke(state, call.target, call.now)
  }
}

const authorize = (
  state: State,
  grant: Grant,
  { code, ...tokens }: Issue & { readonly code?: AuthorizationCode }
): readonly [State, Outcome] => {
  if (state.grants[grant.id] !== undefined || (code && state.codes[code.hash] !== undefined))
    return [state, "Refused"]
  const grants = withRow(state.grants, grant.id, { ...grant, revokedAt: undefined })
  const codes = code
    ? withRow(state.codes, code.hash, { ...code, grantId: grant.id, redeemedAt: undefined })
    : state.codes
  return orRefused(state, issue({ ...state, grants, codes }, grant.id, tokens), "Stored")
}

const redeemCode = (state: State, { hash, issue: tokens, now }: RedeemCode): readonly [State, Outcome] => {
  const code = state.codes[hash]
  if (code === undefined) return [state, { _tag: "Unknown" }]
  // A copy of a used code is a copy, whatever has happened since.
  if (code.redeemedAt !== undefined)
    return [revokeGrant(state, code.grantId, now), { _tag: "Replayed", grantId: code.grantId }]
  if (isRevoked(state, code)) return [state, { _tag: "Revoked" }]
  if (!alive(code, now)) return [state, { _tag: "Expired" }]
  const used = { ...state, codes: withRow(state.codes, hash, { ...code, redeemedAt: now }) }
  return orRefused(state, issue(used, code.grantId, tokens), { _tag: "Redeemed" })
}

const rotate = (state: State, request: Rotate): readonly [State, Outcome] => {
  const { accessToken, next, now, presented } = request
  const family = state.families[request.family]
  if (family === undefined) return [state, { _tag: "Unknown" }]
  if (isRevoked(state, family)) return [state, { _tag: "Revoked" }]
  if (!alive(family, now)) return [state, { _tag: "Expired" }]
  if (presented.hash === family.currentHash) {
    const advanced: FamilyRow = {
      ...family,
      generation: family.generation + 1,
      currentHash: next.hash,
      expiresAt: next.expiresAt,
      previousHash: family.currentHash,
      rotatedAt: now,
      rotatedScope: accessToken.scope,
      replays: 0
    }
    return orRefused(state, issue(withFamily(state, advanced), family.grantId, { accessToken }), {
      _tag: "Rotated"
    })
  }
  if (presented.hash === family.previousHash && inGrace(family, request)) {
    if (accessToken.scope !== family.rotatedScope) return [state, { _tag: "GraceRefused", reason: "scope" }]
    if (family.replays >= request.grace.maximumReplays)
      return [state, { _tag: "GraceRefused", reason: "replays" }]
    const counted = withFamily(state, { ...family, replays: family.replays + 1 })
    const { currentHash, expiresAt } = family
    return orRefused(state, issue(counted, family.grantId, { accessToken }), {
      _tag: "GraceReplay",
      currentHash,
      expiresAt
    })
  }
  if (presented.generation >= family.generation) return [state, { _tag: "Unknown" }]
  return [revokeGrant(state, family.grantId, now), { _tag: "Reused", grantId: family.grantId }]
}

const inGrace = ({ rotatedAt }: FamilyRow, { grace, now }: Rotate): boolean =>
  grace.window > 0 && rotatedAt !== undefined && now - rotatedAt <= grace.window

const revoke = (state: State, target: RevokeTarget, now: number): readonly [State, Outcome] => {
  switch (target._tag) {
    case "AccessToken": {
      const token = state.accessTokens[target.hash]
      if (token === undefined) return [state, "Unknown"]
      if (token.revokedAt !== undefined || isRevoked(state, token)) return [state, "AlreadyRevoked"]
      const accessTokens = withRow(state.accessTokens, token.hash, { ...token, revokedAt: now })
      return [{ ...state, accessTokens }, "Revoked"]
    }
    case "RefreshFamily":
      return revoking(state, state.families[target.id]?.grantId, now)
    case "Grant":
      return revoking(state, state.grants[target.id]?.id, now)
  }
}

const revoking = (state: State, grantId: GrantId | undefined, now: number): readonly [State, Outcome] => {
  if (grantId === undefined) return [state, "Unknown"]
  const revoked = revokeGrant(state, grantId, now)
  return [revoked, revoked === state ? "AlreadyRevoked" : "Revoked"]
}

const revokeGrant = (state: State, id: GrantId, now: number): State => {
  const grant = state.grants[id]
  if (grant === undefined || grant.revokedAt !== undefined) return state
  return { ...state, grants: withRow(state.grants, id, { ...grant, revokedAt: now }) }
}

const isRevoked = (state: State, { grantId }: UnderGrant): boolean =>
  state.grants[grantId]?.revokedAt !== undefined

const withFamily = (state: State, family: FamilyRow): State => ({
  ...state,
  families: withRow(state.families, family.id, family)
})

/** Stores tokens under a grant; nothing if one of them is there already. */
const issue = (state: State, grantId: GrantId, { accessToken, refreshFamily }: Issue): State | undefined => {
  if (accessToken && state.accessTokens[accessToken.hash]) return undefined
  if (refreshFamily && state.families[refreshFamily.id]) return undefined
  const issued = accessToken
    ? withRow(state.accessTokens, accessToken.hash, { ...accessToken, grantId, revokedAt: undefined })
    : state.accessTokens
  const fresh = { previousHash: undefined, rotatedAt: undefined, rotatedScope: undefined, replays: 0 }
  const families = refreshFamily
    ? withRow(state.families, refreshFamily.id, { ...refreshFamily, ...fresh, grantId })
    : state.families
  return { ...state, accessTokens: issued, families }
}

const orRefused = (before: State, after: State | undefined, outcome: Outcome): readonly [State, Outcome] =>
  after === undefined ? [before, "Refused"] : [after, outcome]

/** What is left when everything that may be swept was. */
export const sweep = (state: State, now: number): State => {
  const accessTokens = without(state.accessTokens, (token) => !alive(token, now))
  const families = without(state.families, (family) => !alive(family, now))
  const unused = without(state.codes, (code) => !alive(code, now) && code.redeemedAt === undefined)
  const living = [...Object.values(accessTokens), ...Object.values(families), ...Object.values(unused)]
  const held = new Set(living.filter((row) => alive(row, now)).map(({ grantId }) => grantId))
  const grants = without(state.grants, ({ id }) => !held.has(id))
  return { grants, accessTokens, families, codes: without(unused, ({ grantId }) => !held.has(grantId)) }
}

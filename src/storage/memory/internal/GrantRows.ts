/**
 * The rows of the grant store and how they hang together: what expires points to
 * its grant, and the grant counts it.
 */
import type { Scope } from "../../../protocol/Scope.ts"
import type { SecretHash } from "../../../protocol/Secret.ts"
import type {
  AccessToken,
  AuthorizationCode,
  FamilyId,
  Grant,
  GrantId,
  GrantStatus,
  Issue,
  RefreshFamily
} from "../../GrantStore.ts"
import * as Expiries from "./Expiries.ts"
import * as KeyedRows from "./KeyedRows.ts"
import * as MultiMap from "./MultiMap.ts"

export class GrantRow implements KeyedRows.Keyed<GrantRow> {
  /** Is handed out as it is: it is replaced, and never changed. */
  status: GrantStatus
  /** How many codes, tokens and families under it have not expired. */
  unexpired = 0
  /** Its used codes that have expired; they are kept to recognise a replay. */
  usedCodes: Array<CodeRow> | undefined = undefined
  beside: GrantRow | undefined = undefined

  constructor(status: GrantStatus) {
    this.status = Object.freeze(status)
  }

  get id(): GrantId {
    return this.status.id
  }

  get revokedAt(): number | undefined {
    return this.status.revokedAt
  }
}

export interface CodeRow extends AuthorizationCode, KeyedRows.Keyed<CodeRow> {
  readonly grant: GrantRow
  redeemedAt: number | undefined
}

export interface AccessTokenRow extends KeyedRows.Keyed<AccessTokenRow> {
  readonly hash: SecretHash
  readonly id: string
  readonly scope: Scope
  readonly issuedAt: number
  readonly expiresAt: number
  readonly grant: GrantRow
  revokedAt: number | undefined
}

export interface FamilyRow extends KeyedRows.Keyed<FamilyRow> {
  readonly id: FamilyId
  readonly grant: GrantRow
  readonly scope: Scope
  readonly issuedAt: number
  generation: number
  currentHash: SecretHash
  expiresAt: number
  previousHash: SecretHash | undefined
  rotatedAt: number | undefined
  rotatedScope: Scope | undefined
  replays: number
  revokedAt: number | undefined
}

export type GrantRows = ReturnType<typeof make>

export const make = () => {
  const grants = KeyedRows.make<GrantId, GrantRow>(({ id }) => id)
  const codes = KeyedRows.make<SecretHash, CodeRow>(({ hash }) => hash)
  const accessTokens = KeyedRows.make<SecretHash, AccessTokenRow>(({ hash }) => hash)
  const families = KeyedRows.make<FamilyId, FamilyRow>(({ id }) => id)

  const bySubject = MultiMap.make<string, GrantRow>()
  const byClient = MultiMap.make<string, GrantRow>()

  const codeExpiries = Expiries.make<CodeRow>()
  const accessTokenExpiries = Expiries.make<AccessTokenRow>()
  const familyExpiries = Expiries.make<FamilyRow>()
  // Nothing is issued under these any more: that takes a code or a family that has not been swept.
  const finished: Array<GrantRow> = []

  const release = (grant: GrantRow): void => {
    grant.unexpired--
    if (grant.unexpired === 0) finished.push(grant)
  }

  /** The kind of which there is one by the same key already. */
  const duplicateOf = (issue: Issue & { readonly code?: AuthorizationCode }): string | undefined => {
    if (issue.code !== undefined && codes.has(issue.code.hash)) return "code"
    if (issue.accessToken !== undefined && accessTokens.has(issue.accessToken.hash)) return "access token"
    if (issue.refreshFamily !== undefined && families.has(issue.refreshFamily.id)) return "refresh family"
    return undefined
  }

  const addGrant = (grant: Grant, issue: Issue & { readonly code?: AuthorizationCode }): void => {
    const row = new GrantRow({
      ...grant,
      ...(grant.extensions && { extensions: Object.freeze({ ...grant.extensions }) }),
      revokedAt: undefined
    })
    grants.add(row)
    byClient.add(grant.clientId, row)
    if (grant.subject !== undefined) bySubject.add(grant.subject, row)
    if (issue.code !== undefined) addCode(row, issue.code)
    addIssue(row, issue)
    if (row.unexpired === 0) finished.push(row)
  }

  const addCode = (grant: GrantRow, code: AuthorizationCode): void => {
    const row: CodeRow = {
      hash: code.hash,
      redirectUri: code.redirectUri,
      redirectUriGiven: code.redirectUriGiven,
      codeChallenge: code.codeChallenge,
      extensions: Object.freeze({ ...code.extensions }),
      issuedAt: code.issuedAt,
      expiresAt: code.expiresAt,
      grant,
      redeemedAt: undefined,
      beside: undefined
    }
    codes.add(row)
    codeExpiries.add(row)
    grant.unexpired++
  }

  const addAccessToken = (grant: GrantRow, accessToken: AccessToken): void => {
    const row: AccessTokenRow = {
      hash: accessToken.hash,
      id: accessToken.id,
      scope: accessToken.scope,
      issuedAt: accessToken.issuedAt,
      expiresAt: accessToken.expiresAt,
      grant,
      revokedAt: undefined,
      beside: undefined
    }
    accessTokens.add(row)
    accessTokenExpiries.add(row)
    grant.unexpired++
  }

  const addFamily = (grant: GrantRow, family: RefreshFamily): void => {
    const row: FamilyRow = {
      ...family,
      grant,
      previousHash: undefined,
      rotatedAt: undefined,
      rotatedScope: undefined,
      replays: 0,
      revokedAt: undefined,
      beside: undefined
    }
    families.add(row)
    familyExpiries.add(row)
    grant.unexpired++
  }

  const addIssue = (grant: GrantRow, { accessToken, refreshFamily }: Issue): void => {
    if (accessToken !== undefined) addAccessToken(grant, accessToken)
    if (refreshFamily !== undefined) addFamily(grant, refreshFamily)
  }

  const sweepAccessTokens = (now: number, limit: number): number =>
    upTo(limit, () => {
      const row = accessTokenExpiries.takeExpired(now)
      if (row === undefined) return false
      accessTokens.delete(row)
      release(row.grant)
      return true
    })

  const sweepFamilies = (now: number, limit: number): number =>
    upTo(limit, () => {
      const row = familyExpiries.takeExpired(now)
      if (row === undefined) return false
      families.delete(row)
      release(row.grant)
      return true
    })

  const sweepCodes = (now: number, limit: number): number =>
    upTo(limit, () => {
      for (;;) {
        const row = codeExpiries.takeExpired(now)
        if (row === undefined) return false
        release(row.grant)
        if (row.redeemedAt === undefined) {
          codes.delete(row)
          return true
        }
        row.grant.usedCodes ??= []
        row.grant.usedCodes.push(row)
      }
    })

  const sweepGrants = (limit: number): number =>
    upTo(limit, () => {
      const row = finished.pop()
      if (row === undefined) return false
      grants.delete(row)
      byClient.remove(row.status.clientId, row)
      if (row.status.subject !== undefined) bySubject.remove(row.status.subject, row)
      for (const code of row.usedCodes ?? []) codes.delete(code)
      return true
    })

  return {
    grants,
    codes,
    accessTokens,
    families,
    bySubject,
    byClient,
    duplicateOf,
    addGrant,
    addAccessToken,
    addIssue,
    sweepAccessTokens,
    sweepFamilies,
    sweepCodes,
    sweepGrants
  }
}

const upTo = (limit: number, deleteNext: () => boolean): number => {
  let deleted = 0
  while (deleted < limit && deleteNext()) deleted++
  return deleted
}

/**
 * Grants and what is issued under them, as Redis hashes whose fields are called
 * as in the contract.
 */

import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { ClientId } from "../../../protocol/Client.ts"
import { CodeChallengeMethod } from "../../../protocol/Pkce.ts"
import type { SecretHash } from "../../../protocol/Secret.ts"
import {
  type AccessToken,
  type AccessTokenRecord,
  type AuthorizationCode,
  type CodeRecord,
  type FamilyId,
  type Grant,
  GrantId,
  type GrantStatus,
  type RefreshFamily,
  type RefreshFamilyRecord
} from "../../GrantStore.ts"
import { brandClientId, brandHash, brandScope } from "../../internal/Brands.ts"
import { fields } from "./Keyspace.ts"
import {
  integer,
  jsonOf,
  optionalInteger,
  optionalText,
  optionalTextOf,
  type Row,
  row,
  text,
  UnexpectedReply
} from "./Reply.ts"

/**
 * What a grant is called in its index: all that one has to know of it to clear
 * it away, even if Redis let it expire before.
 */
export interface GrantEntry {
  readonly id: GrantId
  readonly clientId: ClientId
  readonly subject: string | undefined
  readonly createdAt: number
  readonly code: string
}

const entryFields = ["id", "clientId", "subject", "createdAt", "code"]

export const grantEntry = ({ clientId, createdAt, id, subject }: Grant, code: string): string =>
  JSON.stringify([id, clientId, subject, createdAt, code])

export const readGrantEntry = (entry: unknown): GrantEntry => {
  const values = row(entryFields, jsonOf(entry))
  return {
    id: GrantId(text(values, "id")),
    clientId: brandClientId(text(values, "clientId")),
    subject: optionalText(values, "subject"),
    createdAt: integer(values, "createdAt"),
    code: text(values, "code")
  }
}

export const grantFields = ["entry", "username", "scope", "authenticatedAt", "extensions", "revokedAt"]

export const grant = ({ authenticatedAt, extensions, scope, username }: Grant): ReadonlyArray<string> =>
  fields({
    username,
    scope,
    authenticatedAt,
    extensions: extensions === undefined ? undefined : JSON.stringify(extensions)
  })

/** `undefined` if there is no such grant. */
export const readGrant = (values: unknown): GrantStatus | undefined => {
  const grant = row(grantFields, values)
  const entry = optionalText(grant, "entry")
  if (entry === undefined) return undefined
  const { clientId, createdAt, id, subject } = readGrantEntry(entry)
  return {
    id,
    clientId,
    subject,
    username: optionalText(grant, "username"),
    scope: brandScope(text(grant, "scope")),
    createdAt,
    authenticatedAt: optionalInteger(grant, "authenticatedAt"),
    ...(optionalText(grant, "extensions") !== undefined && { extensions: readExtensions(grant) }),
    revokedAt: optionalInteger(grant, "revokedAt")
  }
}

export const codeFields = [
  "expiresAt",
  "issuedAt",
  "redirectUri",
  "redirectUriGiven",
  "codeChallenge",
  "codeChallengeMethod",
  "extensions",
  "redeemedAt"
]

export const code = (code: AuthorizationCode): ReadonlyArray<string> =>
  fields({
    redirectUri: code.redirectUri,
    redirectUriGiven: code.redirectUriGiven ? 1 : 0,
    codeChallenge: code.codeChallenge?.challenge,
    codeChallengeMethod: code.codeChallenge?.method,
    extensions: JSON.stringify(code.extensions),
    issuedAt: code.issuedAt,
    expiresAt: code.expiresAt
  })

export const readCode = (hash: SecretHash, row: Row, grant: GrantStatus): CodeRecord => ({
  hash,
  redirectUri: text(row, "redirectUri"),
  redirectUriGiven: integer(row, "redirectUriGiven") === 1,
  codeChallenge: readCodeChallenge(row),
  extensions: readExtensions(row),
  issuedAt: integer(row, "issuedAt"),
  expiresAt: integer(row, "expiresAt"),
  grant,
  redeemedAt: optionalInteger(row, "redeemedAt")
})

const isMethod = Schema.is(CodeChallengeMethod)

const readCodeChallenge = (row: Row): CodeRecord["codeChallenge"] => {
  const challenge = optionalText(row, "codeChallenge")
  if (challenge === undefined) return undefined
  const method = text(row, "codeChallengeMethod")
  if (!isMethod(method)) throw new UnexpectedReply({ about: "the field codeChallengeMethod" })
  return { challenge, method }
}

const decodeExtensions = Schema.decodeOption(
  Schema.fromJsonString(Schema.Record(Schema.String, Schema.String))
)

const readExtensions = (row: Row): CodeRecord["extensions"] =>
  Option.getOrThrowWith(
    decodeExtensions(text(row, "extensions")),
    () => new UnexpectedReply({ about: "the field extensions" })
  )

export const accessTokenFields = ["expiresAt", "issuedAt", "id", "scope", "revokedAt"]

export const accessToken = ({ expiresAt, id, issuedAt, scope }: AccessToken): ReadonlyArray<string> =>
  fields({ id, scope, issuedAt, expiresAt })

export const readAccessToken = (hash: SecretHash, row: Row, grant: GrantStatus): AccessTokenRecord => ({
  hash,
  id: text(row, "id"),
  scope: brandScope(text(row, "scope")),
  issuedAt: integer(row, "issuedAt"),
  expiresAt: integer(row, "expiresAt"),
  grant,
  revokedAt: optionalInteger(row, "revokedAt")
})

export const familyFields = [
  "expiresAt",
  "issuedAt",
  "scope",
  "generation",
  "currentHash",
  "previousHash",
  "rotatedAt",
  "revokedAt"
]

/** `rotatedScope` and `replays` belong to the last rotation: what a retry has to match, and how many came. */
export const family = (family: RefreshFamily): ReadonlyArray<string> =>
  fields({
    scope: family.scope,
    generation: family.generation,
    currentHash: family.currentHash,
    issuedAt: family.issuedAt,
    expiresAt: family.expiresAt,
    replays: 0
  })

export const readFamily = (id: FamilyId, row: Row, grant: GrantStatus): RefreshFamilyRecord => {
  const previousHash = optionalTextOf(row.previousHash)
  return {
    id,
    scope: brandScope(text(row, "scope")),
    generation: integer(row, "generation"),
    currentHash: brandHash(text(row, "currentHash")),
    issuedAt: integer(row, "issuedAt"),
    expiresAt: integer(row, "expiresAt"),
    grant,
    previousHash: previousHash === undefined ? undefined : brandHash(previousHash),
    rotatedAt: optionalInteger(row, "rotatedAt"),
    revokedAt: optionalInteger(row, "revokedAt")
  }
}

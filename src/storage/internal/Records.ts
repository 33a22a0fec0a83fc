/**
 * What stores answer, as schemas: how plain data from somebody else's code
 * becomes what the contracts promise, or is told what is wrong with it.
 */
import * as Schema from "effect/Schema"
import { ClientId } from "../../protocol/Client.ts"
import { CodeChallenge } from "../../protocol/Pkce.ts"
import { Scope } from "../../protocol/Scope.ts"
import { SecretHash } from "../../protocol/Secret.ts"

const GrantId = Schema.NonEmptyString.pipe(Schema.brand("GrantId"))
const FamilyId = Schema.NonEmptyString.pipe(Schema.brand("FamilyId"))
const Time = Schema.Int
const OptionalTime = Schema.UndefinedOr(Time)
const Extensions = Schema.Record(Schema.String, Schema.String)

export const GrantStatus = Schema.Struct({
  id: GrantId,
  clientId: ClientId,
  subject: Schema.UndefinedOr(Schema.String),
  username: Schema.UndefinedOr(Schema.String),
  scope: Scope,
  createdAt: Time,
  authenticatedAt: OptionalTime,
  extensions: Schema.optionalKey(Extensions),
  revokedAt: OptionalTime
})

export const CodeRecord = Schema.Struct({
  hash: SecretHash,
  redirectUri: Schema.String,
  redirectUriGiven: Schema.Boolean,
  codeChallenge: Schema.UndefinedOr(CodeChallenge),
  extensions: Extensions,
  issuedAt: Time,
  expiresAt: Time,
  redeemedAt: OptionalTime,
  grant: GrantStatus
})

export const AccessTokenRecord = Schema.Struct({
  hash: SecretHash,
  id: Schema.String,
  scope: Scope,
  issuedAt: Time,
  expiresAt: Time,
  revokedAt: OptionalTime,
  grant: GrantStatus
})

export const RefreshFamilyRecord = Schema.Struct({
  id: FamilyId,
  scope: Scope,
  generation: Schema.Int,
  currentHash: SecretHash,
  previousHash: Schema.UndefinedOr(SecretHash),
  issuedAt: Time,
  expiresAt: Time,
  rotatedAt: OptionalTime,
  revokedAt: OptionalTime,
  grant: GrantStatus
})

const bare = <const Tag extends string>(tag: Tag) => Schema.Struct({ _tag: Schema.Literal(tag) })

export const RedeemOutcome = Schema.Union([
  bare("Redeemed"),
  Schema.Struct({ _tag: Schema.Literal("Replayed"), grantId: GrantId }),
  bare("Expired"),
  bare("Revoked"),
  bare("Unknown")
])

export const RotateOutcome = Schema.Union([
  bare("Rotated"),
  Schema.Struct({ _tag: Schema.Literal("GraceReplay"), currentHash: SecretHash, expiresAt: Time }),
  Schema.Struct({ _tag: Schema.Literal("GraceRefused"), reason: Schema.Literals(["scope", "replays"]) }),
  Schema.Struct({ _tag: Schema.Literal("Reused"), grantId: GrantId }),
  bare("Revoked"),
  bare("Expired"),
  bare("Unknown")
])

export const RevokeOutcome = Schema.Literals(["Revoked", "AlreadyRevoked", "Unknown"])

export const FindFlowOutcome = Schema.Union([
  Schema.Struct({ _tag: Schema.Literal("Found"), value: Schema.String, expiresAt: Time }),
  bare("Consumed"),
  bare("Expired"),
  bare("Unknown")
])

export const ConsumeFlowOutcome = Schema.Union([
  Schema.Struct({ _tag: Schema.Literal("Consumed"), value: Schema.String }),
  bare("AlreadyConsumed"),
  bare("Expired"),
  bare("Unknown")
])

export const ClaimedFlow = Schema.Struct({ key: SecretHash, value: Schema.String })

export const ReplaceFlowOutcome = Schema.Literals(["Replaced", "Conflict", "Consumed", "Expired", "Unknown"])

export const SessionRecord = Schema.Struct({
  hash: SecretHash,
  subject: Schema.String,
  authenticatedAt: Time,
  expiresAt: Time,
  endedAt: OptionalTime
})

export const Consent = Schema.Struct({
  subject: Schema.String,
  clientId: ClientId,
  scope: Scope,
  grantedAt: Time
})

export const SigningKey = Schema.Struct({
  id: Schema.String,
  algorithm: Schema.String,
  publicKey: Schema.String,
  sealedPrivateKey: Schema.String,
  createdAt: Time,
  activeAt: Time,
  retiresAt: Time,
  expiresAt: Time
})

export const Swept = Schema.Record(Schema.String, Schema.Int)

/**
 * Grants and everything that is issued under them: authorization codes, access
 * tokens and refresh families. The heart of the server.
 *
 * It is asked for transitions, not for rows. Each verb that two requests could
 * race for is one atomic step whose outcome is decided by the store and has to
 * be matched by the caller: there is no way to get first and delete afterwards.
 *
 * The grant is the continuing authority. Every redemption, rotation and look-up
 * takes its status into account, so that revoking it stops everything under it
 * at once.
 *
 * Times are milliseconds since the epoch and come from the caller, so that a
 * store has no clock of its own. Secrets come hashed. An expired row is told as
 * it is, and never hidden; `sweep` deletes it.
 *
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type { ClientId } from "../protocol/Client.ts"
import type { CodeChallenge } from "../protocol/Pkce.ts"
import type { Scope } from "../protocol/Scope.ts"
import type { SecretHash } from "../protocol/Secret.ts"
import type { StorageError } from "./StorageError.ts"
import type { SweepRequest, Swept } from "./Swept.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type GrantId = Brand.Branded<string, "GrantId">

/**
 * @category constructors
 * @since 0.1.0
 */
export const GrantId = Brand.nominal<GrantId>()

/**
 * @category models
 * @since 0.1.0
 */
export type FamilyId = Brand.Branded<string, "FamilyId">

/**
 * @category constructors
 * @since 0.1.0
 */
export const FamilyId = Brand.nominal<FamilyId>()

/**
 * That a client may act: for a resource owner, or (without a `subject`) for
 * itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface Grant {
  readonly id: GrantId
  readonly clientId: ClientId
  readonly subject: string | undefined
  /** What the resource owner was called when they signed in (RFC 7662 §2.2 `username`). */
  readonly username: string | undefined
  readonly scope: Scope
  readonly createdAt: number
  /** When the resource owner signed in; absent without one. */
  readonly authenticatedAt: number | undefined
  /** What an extension keeps for as long as the grant lives, by the extension's name. */
  readonly extensions?: Readonly<Record<string, string>>
}

/**
 * Whether a grant still stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface GrantStatus extends Grant {
  readonly revokedAt: number | undefined
}

/**
 * Which of many grants to tell: a page of them, the oldest first. `GrantsOf` turns
 * all pages.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  /** Behind which grant; the first page has none. It need not be there any more. */
  readonly after?: Pick<GrantStatus, "createdAt" | "id"> | undefined
  /** How many to tell at most. If it is fewer, no more follow. */
  readonly limit: number
}

/**
 * An authorization code (RFC 6749 §4.1.2), and what its redemption must match.
 *
 * @category models
 * @since 0.1.0
 */
export interface AuthorizationCode {
  readonly hash: SecretHash
  readonly redirectUri: string
  /** Whether the token request has to repeat the redirect URI (RFC 6749 §4.1.3). */
  readonly redirectUriGiven: boolean
  readonly codeChallenge: CodeChallenge | undefined
  /** Parameters of the authorization request that an extension kept, such as `nonce`. */
  readonly extensions: Readonly<Record<string, string>>
  readonly issuedAt: number
  readonly expiresAt: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface AccessToken {
  readonly hash: SecretHash
  /** What the token says of itself in introspection (`jti`); not a secret. */
  readonly id: string
  readonly scope: Scope
  readonly issuedAt: number
  readonly expiresAt: number
}

/**
 * A chain of refresh tokens, of which one is current: always one row, however
 * often it is rotated.
 *
 * @category models
 * @since 0.1.0
 */
export interface RefreshFamily {
  readonly id: FamilyId
  readonly scope: Scope
  readonly generation: number
  readonly currentHash: SecretHash
  readonly issuedAt: number
  /** When the current token expires. */
  readonly expiresAt: number
}

/**
 * What is stored together with a grant, or with a transition under it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Issue {
  readonly accessToken?: AccessToken
  readonly refreshFamily?: RefreshFamily
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CodeRecord extends AuthorizationCode {
  readonly grant: GrantStatus
  readonly redeemedAt: number | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface AccessTokenRecord extends AccessToken {
  readonly grant: GrantStatus
  readonly revokedAt: number | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RefreshFamilyRecord extends RefreshFamily {
  readonly grant: GrantStatus
  /** The token before the current one, which a retry may still present. */
  readonly previousHash: SecretHash | undefined
  readonly rotatedAt: number | undefined
  readonly revokedAt: number | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RedeemCode {
  readonly hash: SecretHash
  readonly now: number
  readonly issue: Issue
}

/**
 * The outcome of redeeming a code:
 *
 * - `Redeemed`: the code is used and the tokens are stored. One caller, ever.
 * - `Replayed`: the code had been used; its grant is now revoked
 *   (RFC 6749 §4.1.2).
 * - `Expired`, `Revoked` (its grant was), `Unknown`: nothing changed.
 *
 * @category outcomes
 * @since 0.1.0
 */
export type RedeemOutcome =
  | { readonly _tag: "Redeemed" }
  | { readonly _tag: "Replayed"; readonly grantId: GrantId }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Revoked" }
  | { readonly _tag: "Unknown" }

/**
 * @category models
 * @since 0.1.0
 */
export interface Rotate {
  readonly family: FamilyId
  readonly presented: { readonly hash: SecretHash; readonly generation: number }
  /** The presented token's successor, and when it expires. */
  readonly next: { readonly hash: SecretHash; readonly expiresAt: number }
  readonly now: number
  readonly grace: {
    /** How long after a rotation its parent may be presented again, in milliseconds; 0 for never. */
    readonly window: number
    /** How often it may be, per generation. */
    readonly maximumReplays: number
  }
  readonly accessToken: AccessToken
}

/**
 * The outcome of presenting a refresh token:
 *
 * - `Rotated`: it was current, and its successor is now.
 * - `GraceReplay`: it is the current token's parent, within the grace window,
 *   for the same scope: a retry whose answer was lost. The family stays as it
 *   is; `currentHash` and `expiresAt` are those of the successor that the first
 *   try got.
 * - `GraceRefused`: the same, but for another scope, or too often. Nothing
 *   changed.
 * - `Reused`: it is older than that. The family's grant is now revoked
 *   (RFC 9700 §4.14.2).
 * - `Revoked`, `Expired`, `Unknown`: nothing changed. A token of the family that
 *   it never issued is `Unknown`.
 *
 * With `Rotated` and `GraceReplay` the access token is stored in the same step.
 *
 * @category outcomes
 * @since 0.1.0
 */
export type RotateOutcome =
  | { readonly _tag: "Rotated" }
  | { readonly _tag: "GraceReplay"; readonly currentHash: SecretHash; readonly expiresAt: number }
  | { readonly _tag: "GraceRefused"; readonly reason: "scope" | "replays" }
  | { readonly _tag: "Reused"; readonly grantId: GrantId }
  | { readonly _tag: "Revoked" }
  | { readonly _tag: "Expired" }
  | { readonly _tag: "Unknown" }

/**
 * What to revoke: one access token, a refresh family, or a grant. A family takes
 * its grant along (RFC 7009 §2.1), so that no access token outlives it.
 *
 * @category models
 * @since 0.1.0
 */
export type RevokeTarget =
  | { readonly _tag: "AccessToken"; readonly hash: SecretHash }
  | { readonly _tag: "RefreshFamily"; readonly id: FamilyId }
  | { readonly _tag: "Grant"; readonly id: GrantId }

/**
 * @category outcomes
 * @since 0.1.0
 */
export type RevokeOutcome = "Revoked" | "AlreadyRevoked" | "Unknown"

/**
 * @category services
 * @since 0.1.0
 */
export class GrantStore extends Context.Service<
  GrantStore,
  {
    /** Stores a grant together with what is issued at once: a code, tokens, or both. */
    readonly authorize: (
      grant: Grant,
      issue: Issue & { readonly code?: AuthorizationCode }
    ) => Effect.Effect<void, StorageError>

    /** Reads a code and its grant; changes nothing. */
    readonly findCode: (hash: SecretHash) => Effect.Effect<Option.Option<CodeRecord>, StorageError>

    /** Marks a code as used and stores the tokens issued for it, in one atomic step. */
    readonly redeemCode: (request: RedeemCode) => Effect.Effect<RedeemOutcome, StorageError>

    /** Reads a refresh family and its grant; changes nothing. */
    readonly findRefreshFamily: (
      id: FamilyId
    ) => Effect.Effect<Option.Option<RefreshFamilyRecord>, StorageError>

    /** Advances a refresh family and stores the new access token, in one atomic step. */
    readonly rotate: (request: Rotate) => Effect.Effect<RotateOutcome, StorageError>

    /** Reads an access token and its grant; changes nothing. */
    readonly findAccessToken: (
      hash: SecretHash
    ) => Effect.Effect<Option.Option<AccessTokenRecord>, StorageError>

    /** Revokes for good. What is revoked keeps its expiry, and its first time of revocation. */
    readonly revoke: (target: RevokeTarget, now: number) => Effect.Effect<RevokeOutcome, StorageError>

    /**
     * A page of the grants of a resource owner, the oldest first; those of one
     * moment in an order that is the same on every page.
     */
    readonly grantsOfSubject: (
      subject: string,
      page: Page
    ) => Effect.Effect<ReadonlyArray<GrantStatus>, StorageError>

    /** A page of the grants of a client, in the same order. */
    readonly grantsOfClient: (
      clientId: ClientId,
      page: Page
    ) => Effect.Effect<ReadonlyArray<GrantStatus>, StorageError>

    /**
     * Deletes what no one can use any more: expired access tokens, expired
     * families, expired codes that were never used, and grants under which
     * nothing unexpired is left, with the used codes that were kept to recognise
     * a replay.
     */
    readonly sweep: (request: SweepRequest) => Effect.Effect<Swept, StorageError>
  }
>()("effect-oauth/storage/GrantStore") {}

/**
 * That a `GrantStore` rotates atomically: of all who present one token at the
 * same moment, exactly one advances its family. A server whose refresh tokens
 * rotate requires it, so that a store which cannot do it does not compile there;
 * a weaker policy has to be chosen by name (`Legacy.fixedRefreshToken`).
 *
 * @category services
 * @since 0.1.0
 */
export class AtomicRotation extends Context.Service<AtomicRotation, { readonly rotatesAtomically: true }>()(
  "effect-oauth/storage/AtomicRotation"
) {}

/**
 * The promise itself. `StorageLaws` says whether a store keeps it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const atomicRotation: AtomicRotation["Service"] = { rotatesAtomically: true }

/**
 * A store that makes the promise, as a Layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerAtomic = <E, R>(
  make: Effect.Effect<GrantStore["Service"], E, R>
): Layer.Layer<GrantStore | AtomicRotation, E, R> =>
  Layer.merge(Layer.effect(GrantStore, make), Layer.succeed(AtomicRotation, atomicRotation))

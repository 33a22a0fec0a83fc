/**
 * What a transition stores besides changing what is there.
 */
import type { AuthorizationCode, GrantId, Issue } from "../../GrantStore.ts"
import type { GrantKeys, Place } from "./GrantKeys.ts"
import * as GrantRows from "./GrantRows.ts"
import type { Keyspace } from "./Keyspace.ts"

export interface Issued {
  readonly place: Place
  readonly fields: ReadonlyArray<string>
  readonly expiresAt: number
  /** For how many milliseconds Redis keeps it. */
  readonly lifetime: string
}

/** Tokens; without a `now` the life of each begins when it was issued. */
export const tokens = (
  { keys, keyspace }: { readonly keys: GrantKeys; readonly keyspace: Keyspace },
  grantId: GrantId,
  { accessToken, refreshFamily }: Issue,
  now?: number
): ReadonlyArray<Issued> => {
  const issued: Array<Issued> = []
  if (accessToken !== undefined) {
    issued.push({
      place: keys.place("token", accessToken.hash, grantId),
      fields: GrantRows.accessToken(accessToken),
      expiresAt: accessToken.expiresAt,
      lifetime: keyspace.lifetime(accessToken.expiresAt, now ?? accessToken.issuedAt)
    })
  }
  if (refreshFamily !== undefined) {
    issued.push({
      place: keys.place("family", refreshFamily.id, grantId),
      fields: GrantRows.family(refreshFamily),
      expiresAt: refreshFamily.expiresAt,
      lifetime: keyspace.lifetime(refreshFamily.expiresAt, now ?? refreshFamily.issuedAt)
    })
  }
  return issued
}

/** A code, with what is issued together with it: it is kept as long as any of that. */
export const withCode = (
  { keys, keyspace }: { readonly keys: GrantKeys; readonly keyspace: Keyspace },
  grantId: GrantId,
  code: AuthorizationCode,
  tokens: ReadonlyArray<Issued>
): ReadonlyArray<Issued> => {
  const lifetime = keyspace.lifetime(code.expiresAt, code.issuedAt)
  return [
    {
      place: keys.place("code", code.hash, grantId),
      fields: GrantRows.code(code),
      expiresAt: code.expiresAt,
      lifetime: longest([lifetime, ...tokens.map(({ lifetime }) => lifetime)])
    },
    ...tokens
  ]
}

/** The keys of `issued` as the scripts take them. */
export const keysOf = (issued: ReadonlyArray<Issued>): ReadonlyArray<string> =>
  issued.flatMap(({ place }) => [place.key, place.index])

/** And what is to be stored there. */
export const argumentsOf = (issued: ReadonlyArray<Issued>): ReadonlyArray<string> =>
  issued.flatMap(({ expiresAt, fields, lifetime, place }) => [
    place.entry,
    String(expiresAt),
    lifetime,
    String(fields.length),
    ...fields
  ])

export const longest = (lifetimes: ReadonlyArray<string>): string =>
  lifetimes.reduce((longest, lifetime) => (Number(lifetime) > Number(longest) ? lifetime : longest), "1")

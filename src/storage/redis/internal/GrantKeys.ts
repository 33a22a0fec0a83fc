/**
 * Where grants are, and what is issued under them.
 *
 *     oauth:{g7}:grant:<id>       a grant
 *     oauth:{g7}:code:<hash>      a code, an access token, a refresh family:
 *     oauth:{g7}:token:<hash>     in the shard of their grant
 *     oauth:{g7}:family:<id>
 *     oauth:{g7}:due:grant        the shard's grants by the expiry of the last that was issued under them,
 *     oauth:{g7}:due:code, …      and its rows of the other kinds by theirs
 *     oauth:code:<hash>           the grant of a code, access token or refresh family
 *     oauth:token:<hash>
 *     oauth:family:<id>
 *     oauth:subject:<subject>     the grants of a resource owner, of a client
 *     oauth:client-grants:<id>
 */
import type { ClientId } from "../../../protocol/Client.ts"
import type { Grant, GrantId } from "../../GrantStore.ts"
import { type Keyspace, keyOf, pair } from "./Keyspace.ts"

export type Kind = "code" | "token" | "family"

export interface Place {
  readonly kind: Kind
  readonly name: string
  readonly key: string
  /** The rows of its kind by their expiry, and what this one is called there. */
  readonly index: string
  readonly entry: string
  /** The key that tells its grant. */
  readonly lookup: string
}

export type GrantKeys = ReturnType<typeof make>

export const make = (keyspace: Keyspace) => {
  const ofSubject = (subject: string) => keyspace.key("subject", subject)
  const ofClient = (clientId: ClientId) => keyspace.key("client-grants", clientId)
  return {
    grant: (id: GrantId): string => keyOf(keyspace.shard("g", id), "grant", id),

    /** The index that the grant is in. */
    grants: (id: GrantId): string => `${keyspace.shard("g", id)}:due:grant`,

    indexes: (kind: Kind | "grant"): ReadonlyArray<string> =>
      keyspace.shards("g").map((shard) => `${shard}:due:${kind}`),

    place: (kind: Kind, name: string, grantId: GrantId): Place => {
      const shard = keyspace.shard("g", grantId)
      return {
        kind,
        name,
        key: keyOf(shard, kind, name),
        index: `${shard}:due:${kind}`,
        entry: pair(name, grantId),
        lookup: keyspace.key(kind, name)
      }
    },

    lookup: (kind: Kind, name: string): string => keyspace.key(kind, name),

    ofSubject,
    ofClient,

    /** Where a grant is listed. */
    owners: ({ clientId, subject }: Pick<Grant, "clientId" | "subject">): ReadonlyArray<string> =>
      subject === undefined ? [ofClient(clientId)] : [ofClient(clientId), ofSubject(subject)]
  }
}

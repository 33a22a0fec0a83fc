/**
 * What can be asked of the grant store and of its model.
 *
 * The contract leaves open what a revocation writes on what is revoked through
 * its grant already. So an answer tells that it went with its grant, and no more.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import {
  type AccessTokenRecord,
  type GrantStatus,
  GrantStore,
  type RefreshFamilyRecord
} from "../../../storage/GrantStore.ts"
import * as GrantsOf from "../../../storage/GrantsOf.ts"
import type { Stage } from "../Stage.ts"
import type { State } from "./GrantModel.ts"
import type { Question } from "./Model.ts"

export const askCode = (stage: Stage, name: string): Question<State, GrantStore> => {
  const hash = stage.hash(name)
  return {
    name: `findCode(${name})`,
    store: Effect.flatMap(GrantStore, (store) => Effect.map(store.findCode(hash), Option.getOrUndefined)),
    model: ({ codes, grants }) => {
      const row = codes[hash]
      if (row === undefined) return undefined
      const { grantId, ...code } = row
      return { ...code, grant: grants[grantId] }
    }
  }
}

export const askAccessToken = (stage: Stage, name: string): Question<State, GrantStore> => {
  const hash = stage.hash(name)
  return {
    name: `findAccessToken(${name})`,
    store: Effect.flatMap(GrantStore, (store) =>
      Effect.map(store.findAccessToken(hash), (found) => Option.getOrUndefined(Option.map(found, ofToken)))
    ),
    model: ({ accessTokens, grants }) => {
      const row = accessTokens[hash]
      const grant = row && grants[row.grantId]
      if (row === undefined || grant === undefined) return undefined
      const { grantId: _, ...token } = row
      return ofToken({ ...token, grant })
    }
  }
}

export const askFamily = (stage: Stage, name: string): Question<State, GrantStore> => {
  const id = stage.familyId(name)
  return {
    name: `findRefreshFamily(${name})`,
    store: Effect.flatMap(GrantStore, (store) =>
      Effect.map(store.findRefreshFamily(id), (found) => Option.getOrUndefined(Option.map(found, ofFamily)))
    ),
    model: ({ families, grants }) => {
      const row = families[id]
      const grant = row && grants[row.grantId]
      if (row === undefined || grant === undefined) return undefined
      const { grantId: _, replays: __, rotatedScope: ___, ...family } = row
      return ofFamily({ ...family, grant, revokedAt: undefined })
    }
  }
}

export const askGrantsOfSubject = (stage: Stage, name: string): Question<State, GrantStore> => {
  const subject = stage.text(name)
  return {
    name: `grantsOfSubject(${name})`,
    store: told(GrantsOf.subject(subject, fewAPage)),
    model: ({ grants }) => ofGrants(Object.values(grants).filter((grant) => grant?.subject === subject))
  }
}

export const askGrantsOfClient = (stage: Stage, name: string): Question<State, GrantStore> => {
  const clientId = stage.clientId(name)
  return {
    name: `grantsOfClient(${name})`,
    store: told(GrantsOf.client(clientId, fewAPage)),
    model: ({ grants }) => ofGrants(Object.values(grants).filter((grant) => grant?.clientId === clientId))
  }
}

// There are no more than a few grants, and they have to fill a page.
const fewAPage = { pageSize: 2 }

const ofToken = ({ grant, revokedAt, ...token }: AccessTokenRecord) => ({
  ...token,
  grant,
  revokedAt: revokedAt !== undefined && isBefore(revokedAt, grant) ? revokedAt : grant.revokedAt
})

const isBefore = (time: number, { revokedAt }: GrantStatus): boolean =>
  revokedAt === undefined || time < revokedAt

/** A family is revoked together with its grant, and in no other way. */
const ofFamily = ({ grant, revokedAt, ...family }: RefreshFamilyRecord) => ({
  ...family,
  grant,
  revokedAlone: revokedAt !== undefined && grant.revokedAt === undefined
})

const told = <E, R>(grants: Stream.Stream<GrantStatus, E, R>) =>
  Effect.map(Stream.runCollect(grants), (grants) => ({
    ...ofGrants(grants),
    oldestFirst: grants.every((grant, index) => grant.createdAt >= (grants[index - 1]?.createdAt ?? 0))
  }))

/** By id: the contract says nothing about grants of the same moment. */
const ofGrants = (grants: Iterable<GrantStatus | undefined>) => {
  const byId: Record<string, GrantStatus> = {}
  for (const grant of grants) if (grant !== undefined) byId[grant.id] = grant
  return { grants: byId, oldestFirst: true }
}

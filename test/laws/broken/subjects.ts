import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Client, OpenIdProvider, SubjectIdentifiers } from "effect-oauth"
import type { House } from "../support/House.ts"

type SubjectFor = SubjectIdentifiers.Service["subjectFor"]

/** All but the ID tokens of the token endpoint. */
const knowsPeopleAs = (subjectFor: (ours: SubjectFor) => SubjectFor): House => ({
  provider: (provider) =>
    Layer.effect(
      OpenIdProvider.OpenIdProvider,
      Effect.map(OpenIdProvider.OpenIdProvider, (settings) => ({
        ...settings,
        subjects: { subjectFor: subjectFor(settings.subjects.subjectFor) }
      }))
    ).pipe(
      Layer.merge(
        Layer.effect(
          SubjectIdentifiers.SubjectIdentifiers,
          Effect.map(SubjectIdentifiers.SubjectIdentifiers, (ours) => ({
            subjectFor: subjectFor(ours.subjectFor)
          }))
        )
      ),
      Layer.provideMerge(provider)
    )
})

/** Tells everybody who people are. */
export const hidesNobody = knowsPeopleAs(() => (_, subject) => subject)

/** Knows people by client, and not by sector. */
export const hasNoSectors = knowsPeopleAs(
  (ours) => (client, subject) =>
    client.subjectType === "pairwise" ? `${client.clientId} ${ours(client, subject)}` : subject
)

/** Takes all people of a sector for one. */
export const knowsOnePerson = knowsPeopleAs(
  (ours) => (client, subject) => (client.subjectType === "pairwise" ? ours(client, "ada") : subject)
)

const withoutSector = (client: Client.Client): Client.Client => ({
  ...client,
  sectorIdentifierUri: "https://sector.example"
})

/** Takes all sectors for one. */
export const hasOneSector = knowsPeopleAs((ours) => (client, subject) => ours(withoutSector(client), subject))

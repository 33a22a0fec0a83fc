/** Tests of the tests: what a law is there for, it catches. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { adapters } from "./adapters.ts"
import * as adaptings from "./broken/adapters.ts"
import * as garblings from "./broken/garbage.ts"
import * as vouchings from "./broken/idTokens.ts"
import * as introspections from "./broken/introspection.ts"
import * as replacings from "./broken/keys.ts"
import * as signOuts from "./broken/logout.ts"
import * as onces from "./broken/once.ts"
import * as redirectings from "./broken/redirects.ts"
import * as replays from "./broken/replay.ts"
import * as revocations from "./broken/revocation.ts"
import * as rotations from "./broken/rotation.ts"
import * as scopings from "./broken/scopes.ts"
import * as leaks from "./broken/secrets.ts"
import * as identities from "./broken/subjects.ts"
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
import type { House } from "./support/House.ts"
import type { Law } from "./support/Law.ts"

const caught = (mistake: string, law: Law, house: House, maxShrinks = 40) =>
  it.live(
    mistake,
    () =>
      Effect.gen(function* () {
        const checked = yield* law.check(house, { runs: 3000, maxShrinks })
        if (checked._tag === "Holds") return assert.fail(`not caught in ${checked.runs} runs`)
        assert.include(checked.message, law.sentence)
        // Whoever reads of it can see it again.
        const replay = /FLOW_LAW_REPLAY='(.*)'$/.exec(checked.message)?.[1] ?? ""
        const again = yield* law.check(house, { replay })
        assert.strictEqual(again._tag, "Broken")
        if (again._tag === "Broken") assert.strictEqual(again.shrunk, checked.shrunk)
      }),
    { timeout: 240_000 }
  )

describe(once.sentence, () => {
  caught("a code is read first, and marked afterwards", once, onces.readsThenMarks)
  caught("a used code is good again", once, onces.forgetsThatItIsUsed)
})

describe(redirects.sentence, () => {
  caught("errors go wherever the request says", redirects, redirectings.openRedirector)
  caught("a slash at the end is forgiven", redirects, redirectings.forgivesASlash)
  caught("a registration of before still counts", redirects, redirectings.remembersRegistrations())
  caught("every client is taken for a native one", redirects, redirectings.knowsNoWebApplications)
})

describe(scopes.sentence, () => {
  caught("what a client registered is forgotten", scopes, scopings.forgetsRegisteredScope)
  caught("a refresh may ask for more than was granted", scopes, scopings.refreshesForMore)
})

describe(introspection.sentence, () => {
  caught("the grant is not looked at", introspection, introspections.ignoresTheGrant)
  caught("a token lives a millisecond too long", introspection, introspections.expiresLate)
  caught("a sweep comes too early", introspection, introspections.sweepsTooEarly)
  caught("a refresh token's revocation does nothing", introspection, introspections.revokesOnlyAccessTokens)
  caught("signing out leaves what clients hold", introspection, introspections.signsOutOnly)
  caught("signing out overlooks offline_access", introspection, introspections.overlooksOfflineAccess)
})

describe(rotation.sentence, () => {
  caught("a retry is theft", rotation, rotations.knowsNoGrace)
  caught("a second retry is one too many", rotation, rotations.allowsOneRetry)
  caught("the grace window never ends", rotation, rotations.graceNeverEnds)
})

describe(revocation.sentence, () => {
  caught("access tokens live on until they expire", revocation, revocations.leavesAccessTokens)
  caught("a replayed code leaves its grant alone", revocation, revocations.leavesReplayedGrants)
  caught("revoking does nothing", revocation, revocations.finishesNothing)
})

describe(garbage.sentence, () => {
  caught("a body is decoded carelessly", garbage, garblings.decodesCarelessly)
  caught("the time is quadratic", garbage, garblings.isQuadratic, 2)
  caught("an error echoes the request", garbage, garblings.echoes)
})

describe(secrets.sentence, () => {
  caught("a token is logged", secrets, leaks.logsTokens)
  caught("a token is in a span", secrets, leaks.tracesTokens)
  caught("the form is logged when it is refused", secrets, leaks.logsFormsWhenItFails)
})

describe(adapters.sentence, () => {
  caught("one of them mends forms", adapters, adaptings.mendsForms)
  caught("one of them drops a header", adapters, adaptings.dropsChallenges)
})

describe(replay.sentence, () => {
  caught("tokens do not come of the seed", replay, replays.ignoresTheSeed)
  caught("an answer depends on the machine's clock", replay, replays.ignoresTheClock)
})

describe(idTokens.sentence, () => {
  caught("another key signs it", idTokens, vouchings.signsWithAnotherKey)
  caught("another algorithm signs it than is registered", idTokens, vouchings.ignoresTheAlgorithm)
  caught("it is for everybody", idTokens, vouchings.isForEverybody)
  caught("its nonce is of another request", idTokens, vouchings.repeatsANonce())
  caught("it vouches for no access token", idTokens, vouchings.vouchesForNoAccessToken)
  caught("it vouches for no code", idTokens, vouchings.vouchesForNoCode)
  caught("it vouches for no state", idTokens, vouchings.vouchesForNoState)
  caught("it is of a time to come", idTokens, vouchings.isOfTheFuture)
  caught("it lasts too long", idTokens, vouchings.lastsTooLong)
  caught("everybody has just signed in", idTokens, vouchings.forgetsWhen)
  caught("each client has a name of its own for a session", idTokens, vouchings.namesSessionsByClient)
  caught("nobody is asked to sign in again", idTokens, vouchings.overlooksMaxAge)
})

describe(subjects.sentence, () => {
  caught("everybody learns who people are", subjects, identities.hidesNobody)
  caught("people are known by client", subjects, identities.hasNoSectors)
  caught("all people of a sector are one", subjects, identities.knowsOnePerson)
  caught("all sectors are one", subjects, identities.hasOneSector)
})

describe(logout.sentence, () => {
  caught("two processes get the same work", logout, signOuts.leasesNothing)
  caught("a client is forgotten that came in at the same moment", logout, signOuts.losesUpdates)
  caught("clients of other sessions are told", logout, signOuts.hasOneSession)
  caught("a client that is busy is not told again", logout, signOuts.triesOnce)
  caught("a client is let into a session that has ended", logout, signOuts.letsInTooLate)
  caught("what clients hold outlives the session", logout, signOuts.leavesGrants)
  caught("a logout token could be an ID token", logout, signOuts.mistakesTypes)
  caught("a logout token says who the person is", logout, signOuts.forgetsSectors)
})

describe(keys.sentence, () => {
  caught("a key signs before it was seen", keys, replacings.signsAtOnce)
  caught("what signed before is forgotten", keys, replacings.publishesOneKey)
})

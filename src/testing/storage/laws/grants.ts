/**
 * GrantStore: what is stored, and how it is found.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type GrantStatus, GrantStore, type Page } from "../../../storage/GrantStore.ts"
import * as GrantsOf from "../../../storage/GrantsOf.ts"
import type { StorageError } from "../../../storage/StorageError.ts"
import { found, refused, same } from "../Expect.ts"
import { maker } from "../Law.ts"
import * as Stage from "../Stage.ts"

const law = maker("GrantStore", "laws")

type Listing = (page: Page) => Effect.Effect<ReadonlyArray<GrantStatus>, StorageError>

const pageSizes = (count: number, limit: number): ReadonlyArray<number> =>
  Array.from({ length: Math.floor(count / limit) + 1 }, (_, index) => Math.min(limit, count - index * limit))

export const grantLaws = [
  law(
    "what was authorized is found as it was stored, with its grant",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const [code, accessToken, refreshFamily] = [stage.code(), stage.accessToken(), stage.family()]
      yield* store.authorize(stage.grant(), { code, accessToken, refreshFamily })
      const grant = { ...stage.grant(), revokedAt: undefined }
      yield* same("the code", yield* found(store.findCode(code.hash)), { ...code, grant })
      yield* same("the access token", yield* found(store.findAccessToken(accessToken.hash)), {
        ...accessToken,
        grant
      })
      yield* same("the family", yield* found(store.findRefreshFamily(refreshFamily.id)), {
        ...refreshFamily,
        grant
      })
    })
  ),

  law(
    "what is optional may be absent",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const absent = { subject: undefined, username: undefined, authenticatedAt: undefined }
      const { extensions: _, ...grant } = stage.grant("grant", { ...absent, scope: Stage.scope() })
      const bare = { codeChallenge: undefined, extensions: {}, redirectUriGiven: false }
      const code = stage.code("code", bare)
      const accessToken = stage.accessToken("access", { scope: Stage.scope() })
      yield* store.authorize(grant, { code, accessToken })
      yield* same("the code", yield* found(store.findCode(code.hash)), { ...code, grant })
      yield* same("the access token", yield* found(store.findAccessToken(accessToken.hash)), {
        ...accessToken,
        grant
      })
    })
  ),

  law(
    "a code is no access token, nor the other way round",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      yield* store.authorize(stage.grant(), { code: stage.code(), accessToken: stage.accessToken() })
      yield* same("the token as a code", yield* found(store.findCode(stage.hash("access"))), undefined)
      yield* same("the code as a token", yield* found(store.findAccessToken(stage.hash("code"))), undefined)
      yield* same("a family", yield* found(store.findRefreshFamily(stage.familyId())), undefined)
    })
  ),

  law(
    "what has expired is told as it is, and not hidden",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const past = { issuedAt: stage.now - 2, expiresAt: stage.now - 1 }
      yield* store.authorize(stage.grant(), {
        code: stage.code("code", past),
        accessToken: stage.accessToken("access", past),
        refreshFamily: stage.family("family", past)
      })
      const code = yield* found(store.findCode(stage.hash("code")))
      const accessToken = yield* found(store.findAccessToken(stage.hash("access")))
      const family = yield* found(store.findRefreshFamily(stage.familyId()))
      yield* same("the code's expiry", code?.expiresAt, past.expiresAt)
      yield* same("the access token's expiry", accessToken?.expiresAt, past.expiresAt)
      yield* same("the family's expiry", family?.expiresAt, past.expiresAt)
    })
  ),

  law(
    "a grant, a code, an access token or a family that is there already is refused",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const [code, accessToken, refreshFamily] = [stage.code(), stage.accessToken(), stage.family()]
      yield* store.authorize(stage.grant(), { code, accessToken, refreshFamily })
      const lasting = { accessToken: stage.accessToken("other") }
      yield* refused("a second grant of its id", store.authorize(stage.grant(), lasting))
      yield* refused("a second code of its hash", store.authorize(stage.grant("a"), { code }))
      yield* refused("a second token of its hash", store.authorize(stage.grant("b"), { accessToken }))
      yield* refused("a second family of its id", store.authorize(stage.grant("c"), { refreshFamily }))
    })
  ),

  law(
    "the grants of a subject and of a client are told, the oldest first, whatever their number",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      // Stored in no order, and more of them than any page has. 97 is prime to 250.
      const numbers = Array.from({ length: 250 }, (_, index) => (index * 97) % 250)
      const nameOf = (number: number) => `grant ${number}`
      yield* Effect.forEach(numbers, (number) =>
        store.authorize(
          stage.grant(nameOf(number), {
            createdAt: stage.now + number,
            clientId: stage.clientId(number % 2 === 0 ? "even" : "odd")
          }),
          { accessToken: stage.accessToken(`access ${number}`) }
        )
      )
      const bob = stage.grant("of bob", { subject: stage.text("bob"), clientId: stage.clientId("even") })
      const nobody = stage.grant("of nobody", { subject: undefined, clientId: stage.clientId("own") })
      yield* store.authorize(bob, { accessToken: stage.accessToken("bob's") })
      yield* store.authorize(nobody, { accessToken: stage.accessToken("nobody's") })

      const sorted = numbers.toSorted((self, that) => self - that)
      const idsOf = (numbers: ReadonlyArray<number>) => numbers.map((number) => stage.grantId(nameOf(number)))
      const ofSubject = yield* Stream.runCollect(GrantsOf.subject(stage.text("alice")))
      yield* same(
        "of alice",
        ofSubject.map(({ id }) => id),
        idsOf(sorted)
      )
      const ofClient = yield* Stream.runCollect(GrantsOf.client(stage.clientId("odd")))
      yield* same(
        "of a client",
        ofClient.map(({ id }) => id),
        idsOf(sorted.filter((number) => number % 2 === 1))
      )
      const own = yield* Stream.runCollect(GrantsOf.client(stage.clientId("own")))
      yield* same("of a client that acts for itself", own, [nobody])
      yield* same("of somebody else", yield* Stream.runCollect(GrantsOf.subject(stage.text("carol"))), [])
    })
  ),

  law(
    "grants are told page by page: each is full but the last, and goes on behind the one before it",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const [alice, own] = [stage.text("alice"), stage.clientId("own")]
      // Two of each moment, and other people's in between.
      for (let number = 0; number < 6; number++) {
        const createdAt = stage.now + 2 * ((number * 5) % 3)
        const issue = (owner: string) => ({ accessToken: stage.accessToken(`${owner} ${number}`) })
        yield* store.authorize(stage.grant(`hers ${number}`, { clientId: own, createdAt }), issue("hers"))
        const his = { subject: stage.text("bob"), createdAt }
        yield* store.authorize(stage.grant(`his ${number}`, his), issue("his"))
      }
      const listings: ReadonlyArray<readonly [name: string, Listing]> = [
        ["of alice", (page) => store.grantsOfSubject(alice, page)],
        ["of a client", (page) => store.grantsOfClient(own, page)]
      ]
      for (const [name, listing] of listings) {
        const all = yield* listing({ limit: 100 })
        yield* same(
          `${name}, all at once`,
          all.map(({ createdAt }) => createdAt - stage.now),
          [0, 0, 2, 2, 4, 4]
        )
        for (const limit of [1, 2, 3, 4, 6]) {
          let told: ReadonlyArray<GrantStatus> = []
          // One more than there are: what follows the last is an empty page.
          for (const size of pageSizes(all.length, limit)) {
            const page = yield* listing({ after: told.at(-1), limit })
            yield* same(`${name}, how many behind ${told.length}, of ${limit} a page`, page.length, size)
            told = [...told, ...page]
          }
          yield* same(`${name}, ${limit} a page`, told, all)
        }
      }
      const nobodys = { createdAt: stage.now + 1, id: stage.grantId("never made") }
      const later = yield* store.grantsOfSubject(alice, { after: nobodys, limit: 100 })
      yield* same(
        "behind a grant that is not there",
        later.map(({ createdAt }) => createdAt - stage.now),
        [2, 2, 4, 4]
      )
    })
  ),

  law(
    "a grant is told with its status",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      yield* store.authorize(stage.grant("a"), { accessToken: stage.accessToken("of a") })
      yield* store.authorize(stage.grant("b", { createdAt: stage.now + 1 }), {
        accessToken: stage.accessToken("of b")
      })
      yield* store.revoke({ _tag: "Grant", id: stage.grantId("a") }, stage.now + 2)
      yield* same("the grants", yield* Stream.runCollect(GrantsOf.subject(stage.text("alice"))), [
        { ...stage.grant("a"), revokedAt: stage.now + 2 },
        stage.grant("b", { createdAt: stage.now + 1 })
      ])
    })
  ),

  law(
    "a record that was handed out does not change afterwards",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const issue = { code: stage.code(), accessToken: stage.accessToken(), refreshFamily: stage.family() }
      yield* store.authorize(stage.grant(), issue)
      const code = yield* found(store.findCode(stage.hash("code")))
      const family = yield* found(store.findRefreshFamily(stage.familyId()))
      yield* store.redeemCode({ hash: stage.hash("code"), now: stage.now, issue: {} })
      yield* store.rotate(stage.rotation(0))
      yield* store.revoke({ _tag: "Grant", id: stage.grantId() }, stage.now)
      yield* same("the code", code, { ...stage.code(), grant: stage.grant() })
      yield* same("the family", family, { ...stage.family(), grant: stage.grant() })
    })
  ),

  law(
    "what was handed in may be changed afterwards",
    Effect.gen(function* () {
      const store = yield* GrantStore
      const stage = yield* Stage.kept
      const extensions: Record<string, string> = { nonce: "mine" }
      const grantExtensions: Record<string, string> = { sid: "mine" }
      yield* store.authorize(stage.grant("grant", { extensions: grantExtensions }), {
        code: stage.code("code", { extensions })
      })
      extensions.nonce = "changed"
      grantExtensions.sid = "changed"
      const code = yield* found(store.findCode(stage.hash("code")))
      yield* same("what the code carries", code?.extensions, { nonce: "mine" })
      yield* same("what the grant carries", code?.grant.extensions, { sid: "mine" })
    })
  )
]

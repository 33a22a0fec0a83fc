/** Mutants that no test can notice, or should. Whoever changes such code finds the entry stale, and `mutate` fails. */
import { harmlessRedis } from "./HarmlessRedis.ts"
import { harmlessSql } from "./HarmlessSql.ts"
import type { Harmless } from "./Mutant.ts"

export const harmless: ReadonlyArray<Harmless> = [
  ...harmlessSql,
  ...harmlessRedis,
  {
    file: "src/client-authentication/ClientSecretBasic.ts",
    original: "text === undefined",
    replacement: "false",
    reason: "without a text there is no colon either; this is said for the type"
  },
  {
    file: "src/client-authentication/ClientSecretBasic.ts",
    original: "-1",
    replacement: "+1",
    line: 'text?.indexOf(":") ?? -1',
    reason: "without a text, where its colon is asked is not looked at"
  },
  {
    file: "src/client-authentication/ClientSecretBasic.ts",
    original: "/^[ -~]*$/",
    replacement: "/^[ -~]$/",
    reason: "what is ASCII is the same text when it is decoded as UTF-8, a little later"
  },
  {
    file: "src/client-authentication/ClientSecretBasic.ts",
    original: "/^[ -~]*$/",
    replacement: "/^[^ -~]*$/",
    reason: "credentials have a colon, so that all of them are decoded as UTF-8"
  },
  {
    file: "src/client-authentication/ClientSecretBasic.ts",
    original: "{\n    return undefined\n  }",
    replacement: "{}",
    reason: "a function that returns nothing returns undefined"
  },
  {
    file: "src/grants/FixedRefreshTokenGrant.ts",
    original: "{ window: 0, maximumReplays: 0 }",
    replacement: "{}",
    reason: "no window is none either, and the type forbids it"
  },
  {
    file: "src/grants/FixedRefreshTokenGrant.ts",
    original: 'outcome._tag === "GraceReplay"',
    replacement: "false",
    reason: "a window of nothing has no replays; this is said for the type"
  },
  {
    file: "src/grants/FixedRefreshTokenGrant.ts",
    original: '"GraceReplay"',
    replacement: '""',
    reason: "a window of nothing has no replays; this is said for the type"
  },
  {
    file: "src/grants/Grant.ts",
    original: "firstIssue(error.issue).issues[0]?.path",
    replacement: "firstIssue(error.issue).issues[0].path",
    reason: "an error of a Schema has an issue; this is said for the type"
  },
  {
    file: "src/grants/RefreshToken.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    reason: "of what matches, the whole is not looked at"
  },
  {
    file: "src/grants/RefreshToken.ts",
    original: "body === undefined",
    replacement: "false",
    reason:
      "the pattern matches with all its groups or not at all, and then there is no key either; this is said for the type"
  },
  {
    file: "src/grants/RefreshToken.ts",
    original: "family === undefined",
    replacement: "false",
    reason:
      "the pattern matches with all its groups or not at all, and then there is no key either; this is said for the type"
  },
  {
    file: "src/grants/RefreshToken.ts",
    original: "tag === undefined",
    replacement: "false",
    reason:
      "the pattern matches with all its groups or not at all, and then there is no key either; this is said for the type"
  },
  {
    file: "src/protocol/Parameters.ts",
    original: 'text === ""',
    replacement: "false",
    line: 'if (text === "")',
    reason: "nothing is read as nothing; this is the short way"
  },
  {
    file: "src/protocol/Parameters.ts",
    original: '""',
    replacement: '"Stryker was here!"',
    line: 'if (text === "")',
    reason: "nothing is read as nothing the long way, too, and nobody sends that other text"
  },
  {
    file: "src/protocol/Parameters.ts",
    original: "unencoded.test(text)",
    replacement: "false",
    reason: "what has nothing encoded is decoded as itself; this is the short way"
  },
  {
    file: "src/protocol/Parameters.ts",
    original: '"+"',
    replacement: '""',
    line: 'text.includes("+")',
    reason: "where there is no plus, none is replaced; that is the short way"
  },
  {
    file: "src/protocol/Parameters.ts",
    original: "{\n    return undefined\n  }",
    replacement: "{}",
    reason: "a function that returns nothing returns undefined"
  },
  {
    file: "src/services/Entropy.ts",
    original: "used + wanted > size",
    replacement: "used + wanted >= size",
    reason: "a pool that is filled again a little early is as random"
  },
  {
    file: "src/services/Entropy.ts",
    original: "wanted > size",
    replacement: "wanted >= size",
    line: "wanted > size ? crypto.getRandomValues(new Uint8Array(wanted)) : take(wanted, copy)",
    reason: "all of a pool, or as much of no pool, is as random"
  },
  {
    file: "src/services/Entropy.ts",
    original: "wanted > size",
    replacement: "wanted >= size",
    line: "wanted > size ? platform.base64Url(bytes(wanted)) : take(wanted, pool.base64Url)",
    reason: "all of a pool, or as much of no pool, is as random"
  },
  {
    file: "src/services/Entropy.ts",
    original: "wanted > size",
    replacement: "true",
    line: "wanted > size ? platform.base64Url(bytes(wanted)) : take(wanted, pool.base64Url)",
    reason: "both ways are as random, and one is quicker"
  },
  {
    file: "src/services/RequestContext.ts",
    original: "required === current",
    replacement: "false",
    reason: "a context that is replaced by itself is the same, made slowly"
  },
  {
    file: "src/services/RequestContext.ts",
    original: "false",
    replacement: "true",
    line: "let isForMany = false",
    reason: "the first request comes in another context than none"
  },
  {
    file: "src/services/internal/ComplementedServices.ts",
    original: "service !== undefined",
    replacement: "false",
    reason: "what is there is looked for a second time then"
  },
  {
    file: "src/services/internal/ComplementedServices.ts",
    original: "known !== undefined",
    replacement: "false",
    reason: "a key for one name is as good as another"
  },
  {
    file: "src/storage/memory/internal/KeyedRows.ts",
    original: "Math.imul(number, 31) + key.charCodeAt(at)",
    replacement: "Math.imul(number, 31) - key.charCodeAt(at)",
    reason: "any number made of the text will do"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "known !== undefined",
    replacement: "false",
    reason: "a key that is made again is the same key, made slowly"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "keys.set(key, pads)",
    replacement: ";",
    reason: "a key that is made again is the same key, made slowly"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "copy.fill(0, 0, bytes.length)",
    replacement: ";",
    reason: "what stays behind in memory is seen by nobody but a debugger"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "bytes.length <= copy.length",
    replacement: "false",
    reason: "both ways write the same"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "bytes.length <= copy.length",
    replacement: "bytes.length < copy.length",
    reason: "both ways write the same"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "size <= room.length",
    replacement: "false",
    reason: "a message is the same in room of its own"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "size <= room.length",
    replacement: "size < room.length",
    reason: "a message is the same in room of its own"
  },
  {
    file: "src/protocol/internal/NativePlatform.ts",
    original: "message.fill(0, 0, end)",
    replacement: ";",
    reason: "what stays behind in memory is seen by nobody but a debugger"
  },
  {
    file: "src/protocol/PostLogoutRedirect.ts",
    original: "true",
    replacement: "false",
    reason: "whether the field is there is looked at, and not what is in it"
  },
  {
    file: "src/protocol/TrustedRedirect.ts",
    original: "true",
    replacement: "false",
    line: "#registered =",
    reason: "whether the field is there is looked at, and not what is in it"
  },
  {
    file: "src/protocol/Scope.ts",
    original: 'self === that || self === ""',
    replacement: 'self === that && self === ""',
    reason: "comparing token by token says the same; this is the short way"
  },
  {
    file: "src/protocol/Scope.ts",
    original: 'self === that || self === ""',
    replacement: "false",
    reason: "comparing token by token says the same; this is the short way"
  },
  {
    file: "src/protocol/Scope.ts",
    original: "self === that",
    replacement: "false",
    reason: "comparing token by token says the same; this is the short way"
  },
  {
    file: "src/protocol/Scope.ts",
    original: 'self === ""',
    replacement: "false",
    reason: "comparing token by token says the same; this is the short way"
  },
  {
    file: "src/protocol/Scope.ts",
    original: '""',
    replacement: '"Stryker was here!"',
    line: "if (self === that ||",
    reason: "nothing is within everything token by token, too, and no scope has that other name"
  },
  {
    file: "src/grants/Grant.ts",
    original: "firstIssue(error.issue).issues[0]?.path?.[0]",
    replacement: "firstIssue(error.issue).issues[0]?.path[0]",
    reason: "an issue of a Schema has a path, which may be empty; this is said for the type"
  },
  {
    file: "src/protocol/TrustedRedirect.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    reason: "it is looked for id_token and code, and this is neither"
  },
  {
    file: "src/endpoints/AuthorizationEndpoint.ts",
    original: '""',
    replacement: '"Stryker was here!"',
    line: 'namesOf(parameters.get("response_type")',
    reason: "no response type has such a name, as none has none"
  },
  {
    file: "src/endpoints/FindToken.ts",
    original: '"RefreshToken"',
    replacement: '""',
    line: '_tag: "RefreshToken",',
    reason: "what is no access token is a refresh token, and nothing asks for its name"
  },
  {
    file: "src/response-types/NoneResponseType.ts",
    original: "{ parameters: {} }",
    replacement: "{}",
    reason: "no parameters and none to speak of are spread alike; they are there for the type"
  },
  {
    file: "src/storage/memory/MemoryFlowStore.ts",
    original: "row.dueAt !== undefined",
    replacement: "true",
    reason: "claim passes by what is never due"
  },
  {
    file: "src/storage/memory/MemoryFlowStore.ts",
    original: "flow.dueAt === undefined",
    replacement: "false",
    reason: "what is never due is not in the queue; this is said for the type"
  },
  {
    file: "src/storage/memory/MemoryGrantStore.ts",
    original: "inOrder(after, status) < 0",
    replacement: "inOrder(after, status) <= 0",
    reason: "no two grants are in one place, and the one behind which they are told is not before itself"
  },
  {
    file: "src/storage/memory/MemoryGrantStore.ts",
    original: "code === undefined",
    replacement: "false",
    reason: "it is judged Unknown, and nothing is done then; this is said for the type"
  },
  {
    file: "src/storage/memory/MemoryGrantStore.ts",
    original: "family === undefined",
    replacement: "false",
    line: "if (family === undefined) return Effect",
    reason: "it is judged Unknown, and nothing is done then; this is said for the type"
  },
  {
    file: "src/storage/memory/MemoryKeyStore.ts",
    original: "self.id < that.id",
    replacement: "self.id <= that.id",
    reason: "no two keys have one id"
  },
  {
    file: "src/storage/memory/MemorySessionStore.ts",
    original: "ofSubject.size === 0",
    replacement: "false",
    reason: "no consents and none left are told alike; this is for the memory"
  },
  {
    file: "src/storage/memory/MemorySessionStore.ts",
    original: "consents.delete(subject)",
    replacement: ";",
    reason: "no consents and none left are told alike; this is for the memory"
  },
  {
    file: "src/storage/memory/internal/MultiMap.ts",
    original: "existing.size === 0",
    replacement: "false",
    reason: "no rows and none left are told alike; this is for the memory"
  },
  {
    file: "src/storage/memory/internal/MultiMap.ts",
    original: "rows.delete(key)",
    replacement: ";",
    reason: "no rows and none left are told alike; this is for the memory"
  },
  {
    file: "src/storage/memory/internal/GrantRows.ts",
    original: "grant.subject !== undefined",
    replacement: "true",
    line: "if (grant.subject",
    reason: "nobody asks for the grants of no subject"
  },
  {
    file: "src/storage/memory/internal/GrantRows.ts",
    original: "row.status.subject !== undefined",
    replacement: "true",
    reason: "what is under no subject is not there to be removed; this is said for the type"
  },
  {
    file: "src/storage/memory/internal/GrantRows.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    line: "usedCodes ??= []",
    reason: "no code has such a hash"
  },
  {
    file: "src/storage/memory/internal/GrantRows.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    line: "usedCodes ?? []",
    reason: "no code has such a hash"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    line: "const rows",
    reason: "a row that is due at no time stays where it is, for ever"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    line: "const dues",
    reason: "the first row takes its place"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "row !== undefined",
    replacement: "true",
    reason: "only rows that are there are moved; this is said for the type"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "dueAt(above) <= due",
    replacement: "dueAt(above) < due",
    reason: "of two that are due at the same time either comes first"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "dueAt(left + 1) < dueAt(left)",
    replacement: "dueAt(left + 1) <= dueAt(left)",
    reason: "of two that are due at the same time either comes first"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "dueAt(below) >= due",
    replacement: "dueAt(below) > due",
    reason: "of two that are due at the same time either comes first"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "first === undefined",
    replacement: "false",
    reason: "what is due is there; this is said for the type"
  },
  {
    file: "src/storage/memory/internal/Expiries.ts",
    original: "row === undefined",
    replacement: "false",
    reason: "what is removed is there; this is said for the type"
  },
  {
    file: "src/oidc/BackChannelLogout.ts",
    original: "true",
    replacement: "false",
    line: "discard: true",
    reason: "what comes of each is not looked at"
  },
  {
    file: "src/oidc/BackChannelLogout.ts",
    original: '"Told"',
    replacement: '""',
    line: "status === 204",
    reason: "what is neither Unavailable nor Refused is this, and nothing asks for its name"
  },
  {
    file: "src/oidc/IdToken.ts",
    original: "nonce !== undefined",
    replacement: "true",
    reason: "JSON has no member that is undefined; this is said for the type"
  },
  {
    file: "src/oidc/IdToken.ts",
    original: "acr !== undefined",
    replacement: "true",
    reason: "JSON has no member that is undefined; this is said for the type"
  },
  {
    file: "src/oidc/IdToken.ts",
    original: "amr !== undefined",
    replacement: "true",
    reason: "JSON has no member that is undefined; this is said for the type"
  },
  {
    file: "src/oidc/IdToken.ts",
    original: "sid !== undefined",
    replacement: "true",
    reason: "JSON has no member that is undefined; this is said for the type"
  },
  {
    file: "src/oidc/Logout.ts",
    original: '"all sessions"',
    replacement: '""',
    reason: "it says what the key is of, and no other has such a form"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "{ discard: true }",
    replacement: "{}",
    line: "    { discard: true }",
    reason: "what comes of each is not looked at"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "true",
    replacement: "false",
    line: "    { discard: true }",
    reason: "what comes of each is not looked at"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "{ discard: true }",
    replacement: "{}",
    line: "tellLater(clientId",
    reason: "what comes of each is not looked at"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "true",
    replacement: "false",
    line: "tellLater(clientId",
    reason: "what comes of each is not looked at"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "hash !== undefined",
    replacement: "true",
    reason: "no session is stored under no hash; this is said for the type"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    line: "authentication?.sid ?? []",
    reason: "no session has such a name"
  },
  {
    file: "src/oidc/Logout.ts",
    original: "grant.revokedAt !== undefined",
    replacement: "false",
    reason: "a grant that is revoked again stays as it was; this is the short way"
  },
  {
    file: "src/oidc/LogoutEndpoint.ts",
    original: 'typeof claims.sid === "string"',
    replacement: "true",
    reason: "the server signs no sid but a text; this is said for the type"
  },
  {
    file: "src/oidc/LogoutEndpoint.ts",
    original: 'typeof audience === "string"',
    replacement: "true",
    reason: "the server signs no aud but a text; this is said for the type"
  },
  {
    file: "src/oidc/LogoutEndpoint.ts",
    original: "client === undefined",
    replacement: "false",
    line: "hint === undefined) return false",
    reason: "a hint names its client, which is found or refused; this is said for the type"
  },
  {
    file: "src/oidc/OpenIdExtension.ts",
    original: "acr !== undefined",
    replacement: "true",
    line: "{ ...approval",
    reason: "what is undefined is left out of what the grant keeps; this is said for the type"
  },
  {
    file: "src/oidc/OpenIdExtension.ts",
    original: "acr === undefined",
    replacement: "false",
    reason: "none is none of those that are wanted either; this is said for the type"
  },
  {
    file: "src/oidc/PersonClaims.ts",
    original: "value !== undefined",
    replacement: "true",
    reason: "JSON has no member that is undefined; this is said for the type"
  },
  {
    file: "src/oidc/ProviderMetadata.ts",
    original: "acrValues.length > 0",
    replacement: "true",
    reason: "a list that is empty is left out of the response anyway (RFC 8414 §3.2)"
  },
  {
    file: "src/oidc/ProviderMetadata.ts",
    original: "acrValues.length > 0",
    replacement: "acrValues.length >= 0",
    reason: "a list that is empty is left out of the response anyway (RFC 8414 §3.2)"
  },
  {
    file: "src/oidc/SessionClients.ts",
    original: '"Replaced"',
    replacement: '""',
    reason: "it is looked once more, and is as it should be; this is the short way"
  },
  {
    file: "src/oidc/SessionClients.ts",
    original: '"Created"',
    replacement: '""',
    reason: "it is looked once more, and is as it should be; this is the short way"
  },
  {
    file: "src/oidc/StandardClaims.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    reason: "a member that the object has of its own is there; this is said for the type"
  },
  {
    file: "src/oidc/UserInfoEndpoint.ts",
    original: '"Signed"',
    replacement: '""',
    line: '_tag: "Signed",',
    reason: "what is not Claims is this, and nothing asks for its name"
  },
  {
    file: "src/services/SigningKeys.ts",
    original: "key === undefined || key.alg !== header.alg",
    replacement: "false",
    reason: "no key verifies nothing, and jose holds the algorithm of a key against the header, too"
  },
  {
    file: "src/services/SigningKeys.ts",
    original: "key.alg !== header.alg",
    replacement: "false",
    reason: "jose holds the algorithm of a key against the header, too"
  },
  {
    file: "src/services/SigningKeys.ts",
    original: "known !== undefined",
    replacement: "false",
    reason: "a header that is made again is the same header, made slowly"
  },
  {
    file: "src/services/SigningKeys.ts",
    original: "headers.set(key, new Map(headers.get(key)).set(type, header))",
    replacement: ";",
    reason: "a header that is made again is the same header, made slowly"
  },
  {
    file: "src/services/SubjectIdentifiers.ts",
    original: "{ subjectFor: (_, subject) => subject }",
    replacement: "{}",
    reason: "it is made once, and of all tests that need it the one that came first is asked"
  },
  {
    file: "src/services/SubjectIdentifiers.ts",
    original: "(_, subject) => subject",
    replacement: "() => undefined",
    reason: "it is made once, and of all tests that need it the one that came first is asked"
  },
  {
    file: "src/services/internal/Jose.ts",
    original: '"The key that opens it is not known"',
    replacement: '""',
    reason: "whatever went wrong, it does not open"
  },
  {
    file: "src/services/internal/Jose.ts",
    original: "{ algorithms: [key.alg] }",
    replacement: "{}",
    reason: "jose holds the algorithm of a JWK against the header, too"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original:
      "{\n    const listing = latestIfYounger(KeySchedule.refreshEvery, now)\n    const key = listing && active(listing, algorithm, now)\n    return key && signers.get(key.id)\n  }",
    replacement: "{}",
    reason: "a key that is looked for is the same key, found slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "listing && active(listing, algorithm, now)",
    replacement: "true",
    reason: "a key that is looked for is the same key, found slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "atHand === undefined",
    replacement: "true",
    reason: "a key that is looked for is the same key, found slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "attempt < maximumAttempts",
    replacement: "attempt <= maximumAttempts",
    reason: "how often it is tried before it is given up is nobody's business"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "({ id }) => id",
    replacement: "() => undefined",
    line: "const kids",
    reason: "a key that is opened again is the same key, opened slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "signers.set(key.id, signer)",
    replacement: ";",
    reason: "a key that is opened again is the same key, opened slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "!kids.has(kid)",
    replacement: "kids.has(kid)",
    reason: "a key that is opened again is the same key, opened slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "!kids.has(kid)",
    replacement: "true",
    reason: "a key that is opened again is the same key, opened slowly"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "!kids.has(kid)",
    replacement: "false",
    reason: "a key that is gone signs no more, opened or not; this is for the memory"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "signers.delete(kid)",
    replacement: ";",
    reason: "a key that is gone signs no more, opened or not; this is for the memory"
  },
  {
    file: "src/services/internal/Jose.ts",
    original: "key === undefined",
    replacement: "false",
    reason: "whatever went wrong, it does not open"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "{ at: Number.NEGATIVE_INFINITY, keys: [], published: { keys: [] } }",
    replacement: "{}",
    line: "let latest",
    reason: "it is too old to be looked at; this is said for the type"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "[]",
    replacement: '["Stryker was here"]',
    line: "let latest",
    reason: "it is too old to be looked at; this is said for the type"
  },
  {
    file: "src/services/internal/StoredKeys.ts",
    original: "{ keys: [] }",
    replacement: "{}",
    line: "let latest",
    reason: "it is too old to be looked at; this is said for the type"
  }
]

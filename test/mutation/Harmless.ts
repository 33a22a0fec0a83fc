/** Mutants that no test can notice, or should. Whoever changes such code finds the entry stale, and `mutate` fails. */
import type { Harmless } from "./Mutant.ts"

export const harmless: ReadonlyArray<Harmless> = [
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
    original: "Result.isFailure(bytes)",
    replacement: "false",
    reason: "nothing decodes to an empty text, which has no colon; this is said for the type"
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
    original: "familyId === undefined",
    replacement: "false",
    reason:
      "the pattern matches with all its groups or not at all, and then there is no key either; this is said for the type"
  },
  {
    file: "src/grants/RefreshToken.ts",
    original: "value === undefined",
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
    reason: "nothing is read as nothing; that is the short way"
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
    file: "src/protocol/Platform.ts",
    original: "known !== undefined",
    replacement: "false",
    reason: "a key that is made again is the same key, made slowly"
  },
  {
    file: "src/protocol/Platform.ts",
    original: "keys.set(bytes, key)",
    replacement: ";",
    reason: "a key that is made again is the same key, made slowly"
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
    reason: "comparing token by token says the same; this is the short way"
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
  }
]

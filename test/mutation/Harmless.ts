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
  }
]

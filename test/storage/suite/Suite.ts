/** What every storage must do, whatever it keeps its rows in. */
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type { Storage } from "../../../src/storage/Storage.ts"
import { clientStoreTests } from "./clients.ts"
import { flowStoreTests } from "./flows.ts"
import { grantStoreTests } from "./grants.ts"
import { keyStoreTests } from "./keys.ts"
import { raceTests } from "./races.ts"
import { redemptionTests } from "./redemption.ts"
import { revocationTests } from "./revocation.ts"
import { rotationTests } from "./rotation.ts"
import { sessionStoreTests } from "./sessions.ts"
import { sweepTests } from "./sweeping.ts"

/** A test of one behaviour, with a store of its own. */
export type Test = <A, E>(behaviour: string, body: Effect.Effect<A, E, Storage>) => void

export interface SuiteOptions {
  /** How often to rotate a family in the long test. */
  readonly rotations?: number
}

export const storageSuite = <E>(
  name: string,
  storage: Layer.Layer<Storage, E>,
  { rotations = 10_000 }: SuiteOptions = {}
): void => {
  describe(`Storage: ${name}`, () => {
    const test: Test = (behaviour, body) => it.live(behaviour, () => Effect.provide(body, storage))
    describe("ClientStore", () => clientStoreTests(test))
    describe("GrantStore", () => grantStoreTests(test))
    describe("GrantStore.redeemCode (RFC 6749 §4.1.2)", () => redemptionTests(test))
    describe("GrantStore.rotate (RFC 9700 §4.14.2)", () => rotationTests(test, rotations))
    describe("GrantStore.revoke (RFC 7009 §2.1)", () => revocationTests(test))
    describe("FlowStore", () => flowStoreTests(test))
    describe("SessionStore", () => sessionStoreTests(test))
    describe("KeyStore", () => keyStoreTests(test))
    describe("races", () => raceTests(test))
    describe("sweep", () => sweepTests(test))
  })
}

/**
 * Tools for testing flows and storage.
 *
 * @since 0.1.0
 */
export * as Arbitraries from "./Arbitraries.ts"
export * as Browser from "./Browser.ts"
export * as Faults from "./Faults.ts"
export * as Flows from "./Flows.ts"
export * as Mistakes from "./Mistakes.ts"
export * as SeededEntropy from "./SeededEntropy.ts"
export * as StorageLaws from "./StorageLaws.ts"
export * as SqlFaults from "./storage/SqlFaults.ts"
export * as TestClient from "./TestClient.ts"
export * as TestServer from "./TestServer.ts"
export * as Wire from "./Wire.ts"

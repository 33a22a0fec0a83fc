/**
 * Tools for testing flows and storage.
 *
 * @since 0.1.0
 */
export * as SeededEntropy from "./SeededEntropy.ts"
export * as StorageLaws from "./StorageLaws.ts"
export * as SqlFaults from "./storage/SqlFaults.ts"

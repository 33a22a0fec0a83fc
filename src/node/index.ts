/**
 * What needs Node.
 *
 * @since 0.1.0
 */
export * as NodeListener from "./NodeListener.ts"
export * as NodePrivateKeys from "./NodePrivateKeys.ts"
export * as SqliteClient from "./SqliteClient.ts"

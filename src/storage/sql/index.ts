/**
 * Storage in SQL, over any Effect `SqlClient` for SQLite or PostgreSQL.
 *
 * @since 0.1.0
 */
export * as Migrations from "./Migrations.ts"
export * as SqlClientStore from "./SqlClientStore.ts"
export * as SqlFlowStore from "./SqlFlowStore.ts"
export * as SqlGrantStore from "./SqlGrantStore.ts"
export * as SqlKeyStore from "./SqlKeyStore.ts"
export * as SqlSessionStore from "./SqlSessionStore.ts"
export * as SqlStorage from "./SqlStorage.ts"

/** A server under test, as the process that holds it sees it. */
import type { Tokens } from "./Workloads.ts"

export interface Running {
  readonly port: number
  /** Makes authorization codes in the server's storage, not over HTTP. */
  readonly mintCodes: (count: number) => Promise<ReadonlyArray<string>>
  /** The `Cookie` header of a browser in which somebody has signed in. */
  readonly signIn?: () => Promise<string>
  /** Deletes what has been stored, as if all of it had expired. */
  readonly sweep?: () => Promise<void>
  /** Gives back what is only kept ready: called between two collections, before the heap is looked at. */
  readonly settle?: () => void
  /** Removes what the server left behind. */
  readonly close?: () => Promise<void>
}

export interface Settings {
  readonly storage: string
  /** What its access tokens are. */
  readonly tokens: Tokens
}

/** What a module that `serve.ts` loads exports as `start`. */
export type Start = (settings: Settings) => Promise<Running>

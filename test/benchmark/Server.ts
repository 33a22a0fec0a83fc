/** A server under test, as the process that holds it sees it. */

export interface Running {
  readonly port: number
  /** Makes authorization codes in the server's storage, not over HTTP. */
  readonly mintCodes: (count: number) => Promise<ReadonlyArray<string>>
  /** The `Cookie` header of a browser in which somebody has signed in. */
  readonly signIn?: () => Promise<string>
  /** Removes what the server left behind. */
  readonly close?: () => Promise<void>
}

/** What a module that `serve.ts` loads exports as `start`. */
export type Start = (storage: string) => Promise<Running>

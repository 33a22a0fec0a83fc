/** What the process that makes the load is told, and what it tells. */

export interface Job {
  readonly port: number
  readonly connections: number
  /** Ends after so long, or when there is nothing left to send. */
  readonly seconds: number
  readonly status: number
  readonly work: Work
}

export type Work =
  /** The same requests, in turn. */
  | { readonly kind: "fixed"; readonly requests: ReadonlyArray<string> }
  /** A form that ends with a value which is good once. */
  | {
      readonly kind: "once"
      readonly head: string
      readonly form: string
      readonly values: ReadonlyArray<string>
    }
  /** A form that ends with the refresh token that the connection got last. */
  | {
      readonly kind: "chain"
      readonly head: string
      readonly form: string
      readonly tokens: ReadonlyArray<string>
    }

export interface Outcome {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly errors: number
  readonly firstError: string | undefined
  /** Of a job whose work is `once`: how many values were used. */
  readonly used: number
  /** Of a job whose work is a `chain`: where each connection got to. */
  readonly tokens: ReadonlyArray<string>
}

/** Connecting is apart from running, so that the server's CPU can be read in between. */
export type Order =
  | { readonly order: "connect"; readonly job: Job }
  | { readonly order: "run" }
  | { readonly order: "disconnect" }

/** The first line and the headers of a request, without those that end it. */
export const head = (method: string, path: string, headers: Readonly<Record<string, string>>): string =>
  [
    `${method} ${path} HTTP/1.1`,
    "host: localhost:9000",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ""
  ].join("\r\n")

export const withForm = (head: string, form: string): string =>
  `${head}content-type: application/x-www-form-urlencoded\r\ncontent-length: ${form.length}\r\n\r\n${form}`

/**
 * The `Authorization` header of a request (RFC 9110 §11.6.2): an authentication
 * scheme, and credentials.
 *
 * The credentials live in a private field, so that no log line, span or error can
 * show them by accident.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export class Authorization {
  /** In lower case: schemes are compared in any (RFC 9110 §11.1). */
  readonly scheme: string
  readonly #credentials: string

  constructor(scheme: string, credentials: string) {
    this.scheme = scheme.toLowerCase()
    this.#credentials = credentials
  }

  /** What follows the scheme and the spaces after it; empty if nothing does. */
  get credentials(): string {
    return this.#credentials
  }
}

/**
 * Reads the value of the header, whatever it is: each scheme has a grammar of its
 * own for its credentials.
 *
 * @example
 * ```ts
 * import { Authorization } from "effect-oauth"
 *
 * const { credentials, scheme } = Authorization.parse("Bearer mF_9.B5f-4.1JqM")
 * scheme // "bearer"
 * credentials // "mF_9.B5f-4.1JqM"
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (header: string): Authorization => {
  const end = header.indexOf(" ")
  return end === -1
    ? new Authorization(header, "")
    : new Authorization(header.slice(0, end), header.slice(end).replace(/ +/, ""))
}

/**
 * The parameters of a request, read strictly: `application/x-www-form-urlencoded`
 * in valid UTF-8, each at most once, an empty value counting as absent
 * (RFC 6749 §3.1, §3.2, Appendix B).
 *
 * Values live in a private field, so that no log line, span or error can show
 * them by accident; those that are secrets are handed out as `Redacted`, or hashed.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { InvalidRequest } from "./OAuthError.ts"
import { hashText, type SecretHash } from "./Secret.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values
  }

  /** The value of a parameter; absent and empty are both `undefined`. */
  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  /** The value of a parameter that is a secret. */
  secret(name: string): Redacted.Redacted<string> | undefined {
    const value = this.#values.get(name)
    return value === undefined ? undefined : Redacted.make(value, { label: name })
  }

  /** The hash of a parameter that is a secret, as a store knows it. */
  hash(name: string): SecretHash | undefined {
    const value = this.#values.get(name)
    return value === undefined ? undefined : hashText(value)
  }

  /** Whether the parameter is there and not empty. */
  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** All parameters, for a decoder that picks those it knows. */
  toRecord(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#values)
  }
}

/**
 * No parameters at all.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Parameters = new Parameters(new Map())

/**
 * Parameters from a record: for programs that call an endpoint in process.
 *
 * @example
 * ```ts
 * import { Parameters } from "effect-oauth"
 *
 * const request = Parameters.fromRecord({ grant_type: "client_credentials", scope: undefined })
 * request.get("grant_type") // "client_credentials"
 * request.has("scope") // false
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromRecord = (record: Readonly<Record<string, string | undefined>>): Parameters => {
  const values = new Map<string, string>()
  for (const [name, value] of Object.entries(record)) {
    if (value !== undefined && value !== "") values.set(name, value)
  }
  return new Parameters(values)
}

// RFC 8707 §2 and RFC 8693 §2.1 let these appear more than once.
const repeatable: ReadonlySet<string> = new Set(["resource", "audience"])

/**
 * Reads a query string or the text of a form.
 *
 * Fails with `InvalidRequest` if a parameter is repeated (RFC 6749 §3.1, §3.2:
 * "MUST NOT be included more than once"), is not valid UTF-8, or holds a NUL.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<Parameters, InvalidRequest> => {
  if (text === "") return Result.succeed(empty)
  const values = new Map<string, string>()
  const seen = new Set<string>()
  for (const pair of text.split("&")) {
    if (pair === "") continue
    const at = pair.indexOf("=")
    const name = decode(at === -1 ? pair : pair.slice(0, at))
    const value = at === -1 ? "" : decode(pair.slice(at + 1))
    if (name === undefined || value === undefined) {
      return Result.fail(new InvalidRequest({ description: "A parameter is not valid UTF-8" }))
    }
    if (seen.has(name)) {
      if (repeatable.has(name)) continue
      return Result.fail(new InvalidRequest({ description: `The parameter ${printable(name)} is repeated` }))
    }
    seen.add(name)
    if (value !== "") values.set(name, value)
  }
  return Result.succeed(new Parameters(values))
}

/**
 * A parameter that the request cannot do without.
 *
 * @category getters
 * @since 0.1.0
 */
export const required = (parameters: Parameters, name: string): Result.Result<string, InvalidRequest> => {
  const value = parameters.get(name)
  return value === undefined ? Result.fail(missing(name)) : Result.succeed(value)
}

/**
 * A secret parameter that the request cannot do without.
 *
 * @category getters
 * @since 0.1.0
 */
export const requiredSecret = (
  parameters: Parameters,
  name: string
): Result.Result<Redacted.Redacted<string>, InvalidRequest> => {
  const value = parameters.secret(name)
  return value === undefined ? Result.fail(missing(name)) : Result.succeed(value)
}

/**
 * The hash of a secret parameter that the request cannot do without.
 *
 * Fails with `InvalidRequest` if it is missing.
 *
 * @category getters
 * @since 0.1.0
 */
export const requiredHash = (
  parameters: Parameters,
  name: string
): Result.Result<SecretHash, InvalidRequest> => {
  const hash = parameters.hash(name)
  return hash === undefined ? Result.fail(missing(name)) : Result.succeed(hash)
}

/**
 * Writes parameters as `application/x-www-form-urlencoded` (RFC 6749 Appendix B).
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (parameters: Iterable<readonly [name: string, value: string]>): string => {
  let text = ""
  for (const [name, value] of parameters) {
    text += `${text === "" ? "" : "&"}${encodeComponent(name)}=${encodeComponent(value)}`
  }
  return text
}

/**
 * Decodes one name or value of a form: `+` is a space and `%XX` a byte of UTF-8.
 * `undefined` if it is not valid UTF-8 or holds a NUL, which no OAuth parameter
 * may (RFC 6749 Appendix A) and some databases cannot store.
 *
 * @category encoding
 * @since 0.1.0
 */
export const decode = (text: string): string | undefined => {
  // Most names and values are made of these.
  if (unencoded.test(text)) return text
  try {
    const value = decodeURIComponent(text.includes("+") ? text.replaceAll("+", " ") : text)
    return value.includes("\0") || !value.isWellFormed() ? undefined : value
  } catch {
    return undefined
  }
}

const unencoded = /^[\w.~-]*$/

const encodeComponent = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

const missing = (name: string) => new InvalidRequest({ description: `The parameter ${name} is missing` })

// What comes from the client may not go into error_description as it is
// (RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E).
const printable = (name: string): string => (/^[\w.-]{1,64}$/.test(name) ? name : "of an unusual name")

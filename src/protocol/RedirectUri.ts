/**
 * Redirect URIs: what a client may register, and when the one in a request is
 * the one that it registered.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { InvalidRedirectUri } from "./OAuthError.ts"

// Schemes whose "navigation" runs or shows what the URI itself contains.
const dangerousSchemes: ReadonlySet<string> = new Set([
  "javascript:",
  "data:",
  "vbscript:",
  "blob:",
  "file:",
  "about:",
  "filesystem:",
  "view-source:"
])

/**
 * Whether a URI may be registered: absolute, without a fragment
 * (RFC 6749 §3.1.2), and `https`, a private-use scheme, or `http` on a loopback
 * address (RFC 9700 §2.6, RFC 8252 §7). `allowHttp` lets other `http` hosts in.
 *
 * @category validation
 * @since 0.1.0
 */
export const validate = (
  uri: string,
  options?: { readonly allowHttp?: boolean }
): Result.Result<string, InvalidRedirectUri> => {
  const url = URL.parse(uri)
  // What a URL parser would trim or mend is not what an exact comparison sees.
  if (url === null || !/^[\x21-\x7E]+$/.test(uri)) return refuse("The redirect URI is not an absolute URI")
  if (uri.includes("#")) return refuse("The redirect URI has a fragment")
  if (dangerousSchemes.has(url.protocol)) return refuse("The redirect URI has a scheme that is not allowed")
  if (url.username !== "" || url.password !== "") return refuse("The redirect URI has credentials")
  if (url.protocol === "http:" && options?.allowHttp !== true && !isLoopback(url.hostname)) {
    return refuse("The redirect URI uses http on a host that is not loopback")
  }
  return Result.succeed(uri)
}

/**
 * Whether a host is this machine: `localhost` or a loopback address.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  hostname === "::1" ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname)

/**
 * Whether the URI of a request is the registered one: character by character
 * (RFC 9700 §4.1.3, RFC 3986 §6.2.1), except for the port of an `http` URI on a
 * loopback IP literal, which a native app chooses as it starts (RFC 8252 §7.3).
 *
 * @category predicates
 * @since 0.1.0
 */
export const matches = (registered: string, requested: string): boolean =>
  registered === requested || matchesButForPort(registered, requested)

const loopbackUri = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]))(?::(\d{1,5}))?((?:[/?].*)?)$/

const matchesButForPort = (registered: string, requested: string): boolean => {
  const one = loopbackUri.exec(registered)
  const other = loopbackUri.exec(requested)
  return (
    one !== null &&
    other !== null &&
    one[1] === other[1] &&
    one[3] === other[3] &&
    Number(other[2] ?? 80) <= 65535
  )
}

/**
 * The host of a redirect URI as a person should see it on a consent page; a
 * private-use URI has none and shows its scheme.
 *
 * @category getters
 * @since 0.1.0
 */
export const displayHost = (uri: string): string => {
  const url = URL.parse(uri)
  if (url === null) return uri
  return url.host === "" ? url.protocol : url.host
}

const refuse = (description: string) => Result.fail(new InvalidRedirectUri({ description }))

/**
 * Transport security: tokens and credentials travel under TLS (RFC 6749 §1.6),
 * unless the configuration says otherwise or the issuer is on loopback.
 *
 * What a proxy says in `Forwarded` or `X-Forwarded-*` counts only if the
 * configuration names the proxy.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { InsecureTransport } from "../protocol/OAuthError.ts"
import { isLoopback } from "../protocol/RedirectUri.ts"
import type { Settings } from "../services/ServerConfig.ts"
import type { HttpRequest } from "./HttpMessage.ts"

/**
 * Fails with `InsecureTransport` if the request came in clear text where it may
 * not.
 *
 * @category steps
 * @since 0.1.0
 */
export const requireSecureTransport = (
  config: Settings
): ((request: HttpRequest) => Effect.Effect<void, InsecureTransport>) => {
  if (config.allowHttp || isLoopback(new URL(config.issuer).hostname)) return () => Effect.void
  return (request) =>
    isSecure(config, request)
      ? Effect.void
      : Effect.fail(new InsecureTransport({ description: "The request came in clear text; TLS is required" }))
}

const isSecure = (config: Settings, request: HttpRequest): boolean =>
  isFromTrustedProxy(config, request) ? forwardedProtocol(request) === "https" : request.encrypted

const isFromTrustedProxy = ({ trustedProxies }: Settings, { remoteAddress }: HttpRequest): boolean =>
  remoteAddress !== undefined && trustedProxies.has(unmapped(remoteAddress))

// An IPv4 peer on an IPv6 socket
const unmapped = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, "")

// The proxy that we trust is the nearest: what it said is the last element
// (RFC 7239 §4).
const forwardedProtocol = (request: HttpRequest): string | undefined => {
  const forwarded = request.header("forwarded")?.split(",").at(-1)
  if (forwarded !== undefined) return /(?:^|;)\s*proto="?(\w+)"?/i.exec(forwarded)?.[1]?.toLowerCase()
  return request.header("x-forwarded-proto")?.split(",").at(-1)?.trim().toLowerCase()
}

/**
 * The request as if its client had come directly: with the address that a
 * trusted proxy saw (RFC 7239 §5.2).
 *
 * @category steps
 * @since 0.1.0
 */
export const behindProxy = (config: Settings, request: HttpRequest): HttpRequest => {
  if (!isFromTrustedProxy(config, request)) return request
  const seen = request.header("x-forwarded-for")?.split(",").at(-1)?.trim()
  return seen === undefined || seen === "" ? request : { ...request, remoteAddress: seen }
}

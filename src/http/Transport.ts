/**
 * Transport security: tokens and credentials travel under TLS (RFC 6749 §1.6),
 * unless the configuration says otherwise or the issuer is on loopback.
 *
 * What a proxy says in `Forwarded` or `X-Forwarded-*` counts only if the
 * configuration names the proxy.
 *
 * @since 0.1.0
 */
import { isLoopback } from "../protocol/RedirectUri.ts"
import type { Settings } from "../services/ServerConfig.ts"
import type { HttpRequest } from "./HttpMessage.ts"

/**
 * Whether a request, as `behindProxy` tells it, came under TLS, or need not.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSecureEnough = (config: Settings): ((request: HttpRequest) => boolean) => {
  const anyIs = config.allowHttp || isLoopback(new URL(config.issuer).hostname)
  return ({ encrypted }) => encrypted || anyIs
}

const isFromTrustedProxy = ({ trustedProxies }: Settings, { remoteAddress }: HttpRequest): boolean =>
  remoteAddress !== undefined && trustedProxies.has(unmapped(remoteAddress))

// An IPv4 peer on an IPv6 socket
const unmapped = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, "")

// The proxy that we trust is the nearest: what it said is the last element
// (RFC 7239 §4).
const lastElement = (request: HttpRequest, header: string): string | undefined =>
  request.header(header)?.split(",").at(-1)?.trim()

const forwardedProtocol = (request: HttpRequest): string | undefined => {
  const forwarded = lastElement(request, "forwarded")
  const protocol =
    forwarded === undefined
      ? lastElement(request, "x-forwarded-proto")
      : /(?:^|;) *proto="?(\w+)"?/i.exec(forwarded)?.[1]
  return protocol?.toLowerCase()
}

// RFC 7239 §6: an address, perhaps with a port. "unknown", or a name that hides
// the address, is none.
const forwardedAddress = (request: HttpRequest): string | undefined => {
  const forwarded = lastElement(request, "forwarded")
  if (forwarded === undefined) return lastElement(request, "x-forwarded-for")
  const [, ipv6, ipv4] =
    /(?:^|;) *for="?(?:\[([\da-f:.]+)\]|(\d+(?:\.\d+){3}))(?::\w+)?(?:"|;|$)/i.exec(forwarded) ?? []
  return ipv6 ?? ipv4
}

/**
 * The request as if its client had come directly: with the address and the
 * protocol that a trusted proxy saw (RFC 7239 §5.2, §5.4).
 *
 * @category steps
 * @since 0.1.0
 */
export const behindProxy = (config: Settings, request: HttpRequest): HttpRequest => {
  if (!isFromTrustedProxy(config, request)) return request
  return {
    ...request,
    encrypted: forwardedProtocol(request) === "https",
    remoteAddress: forwardedAddress(request) || request.remoteAddress
  }
}

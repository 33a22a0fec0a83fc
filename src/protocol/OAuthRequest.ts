/**
 * What an endpoint needs of a request, whatever carried it: the method, the
 * parameters, the headers, and who is at the other end. An HTTP adapter makes
 * one; so can a test, or a program that calls an endpoint in process.
 *
 * @since 0.1.0
 */
import * as Authorization from "./Authorization.ts"
import * as Parameters from "./Parameters.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface OAuthRequest {
  readonly parameters: Parameters.Parameters
  readonly authorization: Authorization.Authorization | undefined
  /** The address of the peer, where the transport knows it. */
  readonly remoteAddress: string | undefined
}

/**
 * A request from plain values.
 *
 * @example
 * ```ts
 * import { OAuthRequest } from "effect-oauth"
 *
 * OAuthRequest.make({ parameters: { grant_type: "client_credentials" }, authorization: "Basic YTpi" })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: {
  readonly parameters?: Readonly<Record<string, string | undefined>>
  readonly authorization?: string
  readonly remoteAddress?: string
}): OAuthRequest => ({
  parameters: Parameters.fromRecord(options.parameters ?? {}),
  authorization: options.authorization === undefined ? undefined : Authorization.parse(options.authorization),
  remoteAddress: options.remoteAddress
})

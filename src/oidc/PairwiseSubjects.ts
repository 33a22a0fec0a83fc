/**
 * Pairwise identifiers (OpenID Connect Core §8.1): a client knows a person by an
 * identifier that only clients of its own sector have, so that two sectors cannot
 * compare notes.
 *
 * The identifier is an HMAC of sector and subject under a salt. The salt is a
 * setting of its own, and none of the `SecretKeys`: these are replaced from time to
 * time, while a person who came back under another identifier would be a stranger
 * to every client. Whoever loses the salt loses all identifiers; whoever steals it
 * can tell which identifiers are the same person's, if they know the subjects.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Client } from "../protocol/Client.ts"
import { UnauthorizedClient } from "../protocol/OAuthError.ts"
import * as Secret from "../protocol/Secret.ts"
import type * as SubjectIdentifiers from "../services/SubjectIdentifiers.ts"

/**
 * Identifiers that are pairwise for the clients that registered it
 * (`subject_type`), and the application's own for all others.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (salt: Redacted.Redacted<string>): SubjectIdentifiers.Service => {
  const key = Redacted.make(new TextEncoder().encode(Redacted.value(salt)))
  return {
    subjectFor: (client, subject) =>
      client.subjectType === "pairwise"
        ? Secret.hmacSha256Base64Url(key, JSON.stringify([sectorOf(client), subject]))
        : subject
  }
}

// A client that should not have been registered shares its sector with nobody.
const sectorOf = (client: Client): string =>
  Result.getOrElse(sectorIdentifier(client), () => `client ${client.clientId}`)

/**
 * The sector of a client: the host of its `sector_identifier_uri`, or else of its
 * redirect URIs.
 *
 * Fails with `UnauthorizedClient` if neither names one host. Whoever registers
 * clients should refuse such a one, and hold the redirect URIs against what the
 * `sector_identifier_uri` lists.
 *
 * @category getters
 * @since 0.1.0
 */
export const sectorIdentifier = ({
  redirectUris,
  sectorIdentifierUri
}: Client): Result.Result<string, UnauthorizedClient> => {
  if (sectorIdentifierUri !== undefined) {
    const url = URL.parse(sectorIdentifierUri)
    // OpenID Connect Dynamic Client Registration §5
    return url?.protocol === "https:"
      ? Result.succeed(url.hostname)
      : refuse("The sector_identifier_uri is not https")
  }
  const [host, ...others] = new Set(redirectUris.map((uri) => URL.parse(uri)?.hostname ?? ""))
  // OpenID Connect Core §8.1: "If there are multiple hostnames in the registered
  // redirect_uris, the Client MUST register a sector_identifier_uri."
  return host === undefined || host === "" || others.length > 0
    ? refuse(
        "The client has no sector: its redirect URIs have not one host, and it has no sector_identifier_uri"
      )
    : Result.succeed(host)
}

const refuse = (description: string) => Result.fail(new UnauthorizedClient({ description }))

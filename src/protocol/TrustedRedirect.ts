/**
 * The proof that a redirect URI is one that the client registered.
 *
 * There is one way to get it, the comparison below; an authorization response
 * takes nothing else. Redirecting to a string does not compile.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Client } from "./Client.ts"
import { InvalidRedirectUri } from "./OAuthError.ts"
import * as RedirectUri from "./RedirectUri.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class TrustedRedirect {
  readonly uri: string
  // Makes the type nominal: no other object has this field, whatever its shape.
  readonly #registered = true

  private constructor(uri: string) {
    this.uri = uri
  }

  /**
   * Compares the `redirect_uri` of a request with those that the client
   * registered (RFC 6749 §3.1.2.3, RFC 9700 §2.1). It may be left out if the
   * client registered exactly one. A URI that should never have been registered
   * (`RedirectUri.validate`) is not trusted either, whoever wrote it into a store.
   *
   * Where an ID token goes to it directly, without a code, it is `https` and not on
   * `localhost`, unless the client is a native application (OpenID Connect Core
   * §3.2.2.1, Dynamic Client Registration §2).
   *
   * Fails with `InvalidRedirectUri`.
   */
  static requireRegistered(
    client: Client,
    requested: string | undefined,
    policy?: { readonly allowHttp?: boolean; readonly responseType?: ReadonlyArray<string> | undefined }
  ): Result.Result<TrustedRedirect, InvalidRedirectUri> {
    const trust = (uri: string) =>
      policy?.allowHttp !== true && isForWebOnly(client, policy?.responseType) && !isWeb(uri)
        ? refuse("The redirect_uri is one that only a native application may use in this flow")
        : Result.map(RedirectUri.validate(uri, policy), (uri) => new TrustedRedirect(uri))
    if (requested === undefined) {
      const [only, ...others] = client.redirectUris
      return only !== undefined && others.length === 0
        ? trust(only)
        : refuse("The parameter redirect_uri is missing")
    }
    return client.redirectUris.some((registered) => RedirectUri.matches(registered, requested))
      ? trust(requested)
      : refuse("The redirect_uri is not registered for this client")
  }

  /** Whether a value is the proof. */
  static is(value: unknown): value is TrustedRedirect {
    return typeof value === "object" && value !== null && #registered in value
  }
}

// "web" is the default.
const isForWebOnly = (client: Client, responseType: ReadonlyArray<string> = []): boolean =>
  responseType.includes("id_token") && !responseType.includes("code") && client.applicationType !== "native"

// "MUST only register URLs using the https scheme … MUST NOT use localhost as the hostname"
const isWeb = (uri: string): boolean => {
  const url = URL.parse(uri)
  return url?.protocol === "https:" && url.hostname !== "localhost"
}

const refuse = (description: string) => Result.fail(new InvalidRedirectUri({ description }))

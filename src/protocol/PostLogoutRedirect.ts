/**
 * The proof that a client registered a URI for people to come back to when they
 * have signed out (OpenID Connect RP-Initiated Logout §3).
 *
 * There is one way to get it, the comparison below; the answer of the logout
 * endpoint takes nothing else. Redirecting to a string does not compile.
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
export class PostLogoutRedirect {
  readonly uri: string
  // Makes the type nominal: no other object has this field, whatever its shape.
  readonly #registered = true

  private constructor(uri: string) {
    this.uri = uri
  }

  /**
   * Compares the `post_logout_redirect_uri` of a request with those that the
   * client registered, character by character (RP-Initiated Logout §3: "Simple
   * String Comparison"). One that should never have been registered
   * (`RedirectUri.validate`) is not trusted either, whoever wrote it into a store.
   *
   * Fails with `InvalidRedirectUri`.
   */
  static requireRegistered(
    client: Client,
    requested: string,
    policy?: { readonly allowHttp?: boolean }
  ): Result.Result<PostLogoutRedirect, InvalidRedirectUri> {
    return (client.postLogoutRedirectUris ?? []).includes(requested)
      ? Result.map(RedirectUri.validate(requested, policy), (uri) => new PostLogoutRedirect(uri))
      : Result.fail(
          new InvalidRedirectUri({
            description: "The post_logout_redirect_uri is not registered for this client"
          })
        )
  }

  /** Whether a value is the proof. */
  static is(value: unknown): value is PostLogoutRedirect {
    return typeof value === "object" && value !== null && #registered in value
  }
}

/**
 * Where to send the person: the URI with the `state` of the request, if it had
 * one (RP-Initiated Logout §3).
 *
 * @category encoding
 * @since 0.1.0
 */
export const toLocation = ({ uri }: PostLogoutRedirect, state: string | undefined): string =>
  state === undefined
    ? uri
    : `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams({ state }).toString()}`

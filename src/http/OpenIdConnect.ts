/**
 * The endpoints of an OpenID provider: userinfo (OpenID Connect Core §5.3) and the
 * discovery document (OpenID Connect Discovery §4).
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { AuthorizationServer } from "../endpoints/AuthorizationServer.ts"
import type { OpenIdProvider } from "../oidc/OpenIdProvider.ts"
import { paths, providerMetadata } from "../oidc/ProviderMetadata.ts"
import * as UserInfoEndpoint from "../oidc/UserInfoEndpoint.ts"
import type { ResourceOwner } from "../services/ResourceOwner.ts"
import type { SigningKeys } from "../services/SigningKeys.ts"
import type { ClientStore } from "../storage/ClientStore.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { Extension } from "./Extensions.ts"
import { empty, type HttpResponse, json } from "./HttpMessage.ts"
import { metadataResponse } from "./MetadataHttpResponse.ts"
import { readProtected } from "./ReadRequest.ts"

/**
 * What an OpenID provider answers besides, for `Extensions.layer`. Its keys are
 * published by `jwks`.
 *
 * @category extensions
 * @since 0.1.0
 */
export const openIdConnect: Extension<
  AuthorizationServer | OpenIdProvider | SigningKeys | ResourceOwner | ClientStore | GrantStore
> = {
  endpoints: [
    {
      path: paths.userinfo,
      methods: ["GET", "POST"],
      audience: "program",
      crossOrigin: true,
      handle: (request) =>
        readProtected(request).pipe(Effect.flatMap(UserInfoEndpoint.handle), Effect.map(userInfoResponse))
    },
    {
      path: paths.discovery,
      methods: ["GET"],
      audience: "program",
      crossOrigin: true,
      handle: () => metadataResponse
    }
  ],
  metadata: providerMetadata
}

// OpenID Connect Core §5.3.2
const userInfoResponse = (info: UserInfoEndpoint.UserInfo): HttpResponse =>
  info._tag === "Claims"
    ? json(200, info.claims)
    : { ...empty(200, { "content-type": "application/jwt" }), body: info.jwt }

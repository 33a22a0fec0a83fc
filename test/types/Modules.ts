/** Every module can be imported by itself; what is internal cannot. */
import * as TokenEndpoint from "effect-oauth/endpoints/TokenEndpoint"
import * as OAuthHandler from "effect-oauth/http/OAuthHandler"
// @ts-expect-error it is internal
import type * as GrantRows from "effect-oauth/storage/memory/internal/GrantRows"

export const modules = [TokenEndpoint.handle, OAuthHandler.layer]

export type Internal = typeof GrantRows

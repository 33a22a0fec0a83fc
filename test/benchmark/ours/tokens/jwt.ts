import * as Layer from "effect/Layer"
import { JwtAccessTokens, SigningKeys } from "effect-oauth"
import { Extensions, jwks } from "effect-oauth/http"
import { NodePrivateKeys } from "effect-oauth/node"

export const layer = Layer.merge(JwtAccessTokens.layer(), Extensions.layer([jwks])).pipe(
  Layer.provide(SigningKeys.layer()),
  Layer.provide(NodePrivateKeys.layer)
)

import * as Layer from "effect/Layer"
import { jwks } from "effect-oauth/http"
import * as Extensions from "effect-oauth/http/Extensions"
import * as NodePrivateKeys from "effect-oauth/node/NodePrivateKeys"
import * as JwtAccessTokens from "effect-oauth/services/JwtAccessTokens"
import * as SigningKeys from "effect-oauth/services/SigningKeys"

export const layer = Layer.merge(JwtAccessTokens.layer(), Extensions.layer([jwks])).pipe(
  Layer.provide(SigningKeys.layer()),
  Layer.provide(NodePrivateKeys.layer)
)

/**
 * The `claims` parameter (OpenID Connect Core §5.5): which claims a client asks
 * for one by one, beyond what the scope stands for.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { InvalidRequest } from "../protocol/OAuthError.ts"

/**
 * What a client wants of one claim (OpenID Connect Core §5.5.1); `null` says no
 * more than that it wants it.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ClaimRequest = Schema.NullOr(
  Schema.Struct({
    essential: Schema.optionalKey(Schema.Boolean),
    value: Schema.optionalKey(Schema.Json),
    values: Schema.optionalKey(Schema.Array(Schema.Json))
  })
)

/**
 * @category models
 * @since 0.1.0
 */
export type ClaimRequest = typeof ClaimRequest.Type

const Requests = Schema.Record(Schema.String, ClaimRequest)

/**
 * @category schemas
 * @since 0.1.0
 */
export const ClaimsRequest = Schema.Struct({
  userinfo: Schema.optionalKey(Requests),
  idToken: Schema.optionalKey(Requests)
}).pipe(Schema.encodeKeys({ idToken: "id_token" }))

/**
 * @category models
 * @since 0.1.0
 */
export type ClaimsRequest = typeof ClaimsRequest.Type

/**
 * Claims by their names.
 *
 * @category models
 * @since 0.1.0
 */
export type Requests = typeof Requests.Type

const decode = Schema.decodeUnknownOption(ClaimsRequest)

// No client asks for as much; who does wants to keep the server busy.
const maximumLength = 8192
const maximumDepth = 8

/**
 * Reads a `claims` parameter. Members that are not understood are ignored
 * (OpenID Connect Core §5.5).
 *
 * Fails with `InvalidRequest` if it is not JSON, not of the form that §5.5 gives
 * it, longer than 8 KiB, or nested deeper than 8 levels.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<ClaimsRequest, InvalidRequest> => {
  if (text.length > maximumLength) return refuse("too long")
  const json = Option.getOrUndefined(parseJson(text))
  if (json === undefined) return refuse("not JSON")
  if (!isWithin(json, maximumDepth)) return refuse("nested too deeply")
  return Option.match(decode(json), {
    onNone: () => refuse("malformed"),
    onSome: Result.succeed
  })
}

const refuse = (problem: string) =>
  Result.fail(new InvalidRequest({ description: `The parameter claims is ${problem}` }))

const parseJson = Option.liftThrowable((text: string): unknown => JSON.parse(text))

const isWithin = (json: unknown, depth: number): boolean =>
  typeof json !== "object" ||
  json === null ||
  (depth > 0 && Object.values(json).every((member) => isWithin(member, depth - 1)))

/**
 * Whether a value is one that the client asked for (OpenID Connect Core §5.5.1).
 * Any is, if it named none.
 *
 * @category predicates
 * @since 0.1.0
 */
export const accepts = (request: ClaimRequest, value: Schema.Json): boolean => {
  const wanted = wantedValues(request)
  return wanted.length === 0 || wanted.includes(JSON.stringify(value))
}

const wantedValues = (request: ClaimRequest): ReadonlyArray<string> =>
  [...(request?.value === undefined ? [] : [request.value]), ...(request?.values ?? [])].map((value) =>
    JSON.stringify(value)
  )

/**
 * The texts among the values that the client asked for.
 *
 * @category getters
 * @since 0.1.0
 */
export const wantedTexts = (request: ClaimRequest | undefined): ReadonlyArray<string> =>
  [request?.value, ...(request?.values ?? [])].filter((value) => typeof value === "string")

/**
 * Random requests: what a client or a browser would send, with whatever may have
 * become of it on the way; and bytes that never were a request.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { Wire } from "effect-oauth/testing"

/** Stand for what somebody holds; each run puts in its own. */
export const placeholders = [
  "{code}",
  "{access}",
  "{refresh}",
  "{id_token}",
  "{interaction}",
  "{browser}",
  "{basic}"
] as const

export type Held = Readonly<Record<(typeof placeholders)[number], string>>

const literals = (...those: readonly [string, ...Array<string>]) => Arbitrary.schema(Schema.Literals(those))

const names = literals(
  "client_id",
  "client_secret",
  "redirect_uri",
  "response_type",
  "response_mode",
  "scope",
  "state",
  "code_challenge",
  "code_challenge_method",
  "code_verifier",
  "grant_type",
  "code",
  "refresh_token",
  "token",
  "token_type_hint",
  "interaction",
  "username",
  "password",
  "decision",
  "resource",
  "nonce",
  "prompt",
  "max_age",
  "claims",
  "id_token_hint",
  "logout_hint",
  "hinted_session",
  "form_token",
  "post_logout_redirect_uri",
  "access_token",
  "request",
  "__proto__",
  "constructor",
  ""
)

const values = literals(
  "site",
  "spa",
  "a secret of the site",
  "https://site.example/callback",
  "https://evil.example/",
  "code",
  "code token",
  "code id_token token",
  "query",
  "fragment",
  "form_post",
  "read",
  "read write",
  "openid offline_access read",
  "none",
  "login consent",
  "0",
  '{"id_token":{"acr":{"essential":true}},"userinfo":{"email":null}}',
  "https://site.example/signed-out",
  "sign-out",
  "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  "S256",
  "plain",
  "authorization_code",
  "refresh_token",
  "client_credentials",
  "approve",
  "deny",
  "ada",
  "the password of ada",
  ...placeholders
)

/** What breaks parsers. */
const breakers = literals(
  "&",
  "=",
  "%",
  "%0",
  "%00",
  "%FF",
  "%C3",
  "%C3%A9",
  "%ED%A0%80",
  "%0D%0A",
  "+",
  ";",
  "[]",
  "\0",
  "\r\n",
  "\t",
  '"',
  "\\",
  "'",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "☃",
  "é",
  "\ud800",
  " ",
  ",",
  "..",
  "//",
  "#",
  "?",
  ":",
  "@",
  "-1",
  "1e999",
  "null",
  "true"
)

const bytes = Arbitrary.map(
  Arbitrary.array(Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))), {
    maxLength: 64
  }),
  (codes) => String.fromCharCode(...codes)
)

const often = Arbitrary.schema(Schema.Literals([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 100, 9000]))

const either = <A>(...some: readonly [Arbitrary.Arbitrary<A>, ...Array<Arbitrary.Arbitrary<A>>]) =>
  Arbitrary.flatMap(
    Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: some.length - 1 }))),
    (index) => some[index] ?? some[0]
  )

const fragment = Arbitrary.map(
  Arbitrary.all({ text: either(values, values, values, breakers, bytes), often }),
  ({ often, text }) => text.repeat(often)
)

const value = either(
  values,
  values,
  values,
  Arbitrary.map(Arbitrary.array(fragment, { maxLength: 3 }), (parts) => parts.join(""))
)

type Pair = readonly [name: string, value: string]

const pair: Arbitrary.Arbitrary<Pair> = Arbitrary.map(
  Arbitrary.all({ name: either(names, names, names, names, fragment), value }),
  ({ name, value }) => [name, value]
)

const pkce = { code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" }

/** Requests that are good, of which something else may become. */
const good: readonly [ReadonlyArray<Pair>, ...Array<ReadonlyArray<Pair>>] = [
  [],
  Object.entries({
    response_type: "code",
    client_id: "site",
    redirect_uri: "https://site.example/callback",
    state: "s",
    ...pkce
  }),
  Object.entries({
    response_type: "code id_token token",
    client_id: "spa",
    redirect_uri: "https://spa.example/callback",
    scope: "openid read",
    nonce: "n",
    id_token_hint: "{id_token}",
    ...pkce
  }),
  Object.entries({
    id_token_hint: "{id_token}",
    client_id: "spa",
    post_logout_redirect_uri: "https://spa.example/signed-out",
    state: "s"
  }),
  Object.entries({ access_token: "{access}" }),
  Object.entries({ grant_type: "password", username: "ada", password: "the password of ada" }),
  Object.entries({
    grant_type: "authorization_code",
    code: "{code}",
    client_id: "spa",
    redirect_uri: "https://spa.example/callback",
    code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
  }),
  Object.entries({ grant_type: "refresh_token", refresh_token: "{refresh}", client_id: "spa" }),
  Object.entries({ token: "{access}", token_type_hint: "access_token" }),
  Object.entries({ interaction: "{interaction}", username: "ada", password: "the password of ada" }),
  Object.entries({ interaction: "{interaction}", decision: "approve" })
]

const parameters: Arbitrary.Arbitrary<string> = Arbitrary.map(
  Arbitrary.all({
    base: Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: good.length - 1 }))),
    /** Which of the good ones are left out. */
    without: Arbitrary.array(
      Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))),
      { maxLength: 1 }
    ),
    more: Arbitrary.array(pair, { maxLength: 3 }),
    encoded: Arbitrary.schema(Schema.Literals([true, true, true, false])),
    separator: literals("&", "&", "&", "&", "&&", ";")
  }),
  ({ base, encoded, more, separator, without }) => {
    const encode = (text: string) => (encoded ? encodeURIComponent(text.toWellFormed()) : text)
    return [...(good[base] ?? good[0]).filter((_, index) => !without.includes(index)), ...more]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .join(separator)
  }
)

const text = either(parameters, parameters, parameters, parameters, bytes, fragment)

const headers = Arbitrary.map(
  Arbitrary.array(
    either<Pair>(
      Arbitrary.map(
        Arbitrary.all([
          literals("Basic ", "basic ", "Basic", "Bearer ", ""),
          either(literals("{basic}", "{access}", "Og==", "YTpi", "8J+YgDo="), fragment)
        ]),
        ([scheme, credentials]) => ["authorization", scheme + credentials]
      ),
      Arbitrary.map(
        either(
          literals(
            "__Host-oauth-browser={browser}",
            "oauth-browser={browser}",
            "__Host-oauth-session={browser}"
          ),
          fragment
        ),
        (cookie) => ["cookie", cookie]
      ),
      Arbitrary.map(
        either(literals("text/html", "application/json", "*/*", "text/html;q=0"), fragment),
        (accept) => ["accept", accept]
      ),
      Arbitrary.map(
        either(
          literals(
            "application/json",
            "application/x-www-form-urlencoded; charset=utf-16",
            "APPLICATION/X-WWW-FORM-URLENCODED",
            "multipart/form-data"
          ),
          fragment
        ),
        (type) => ["content-type", type]
      ),
      Arbitrary.map(literals("cross-site", "same-origin", "none", "?"), (site) => ["sec-fetch-site", site]),
      Arbitrary.map(literals("https://other.example", "null", ""), (origin) => ["origin", origin]),
      Arbitrary.map(literals("POST", "GET", "?"), (method) => ["access-control-request-method", method]),
      Arbitrary.map(
        either(literals("for=192.0.2.1;proto=http", 'for="[::1]:80"', "proto=https"), fragment),
        (forwarded) => ["forwarded", forwarded]
      ),
      Arbitrary.map(fragment, (protocol) => ["x-forwarded-proto", protocol])
    ),
    { maxLength: 3 }
  ),
  (pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs)
)

export const paths = [
  "/token",
  "/authorize",
  "/introspect",
  "/revoke",
  "/authorize/sign-in",
  "/authorize/consent",
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
  "/userinfo",
  "/jwks",
  "/logout",
  "/logout/confirm"
] as const

export type Garbage = Wire.Sent & {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
}

export const garbage: Arbitrary.Arbitrary<Garbage> = Arbitrary.map(
  Arbitrary.all({
    method: literals(
      "POST",
      "POST",
      "POST",
      "POST",
      "GET",
      "GET",
      "HEAD",
      "OPTIONS",
      "PUT",
      "DELETE",
      "PATCH"
    ),
    path: literals(...paths),
    query: either(Arbitrary.Constant(""), text),
    body: text,
    headers
  }),
  ({ body, headers, method, path, query }) => ({
    method,
    path,
    query,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    ...(method !== "GET" && method !== "HEAD" && { body: toBytes(body) })
  })
)

// Characters up to U+00FF stand for bytes, so that any sequence of bytes may come.
const toBytes = (text: string): Uint8Array =>
  /^[\0-\xFF]*$/.test(text)
    ? Uint8Array.from(text, (char) => char.charCodeAt(0))
    : new TextEncoder().encode(text)

/** Puts in what somebody holds. */
export const fill = (sent: Garbage, held: Held): Garbage => {
  const fillText = (text: string) =>
    placeholders.reduce((filled, name) => filled.replaceAll(name, held[name]), text)
  const { body } = sent
  return {
    ...sent,
    query: fillText((sent.query ?? "").replaceAll("%7B", "{").replaceAll("%7D", "}")),
    headers: Object.fromEntries(Object.entries(sent.headers).map(([name, value]) => [name, fillText(value)])),
    ...(body instanceof Uint8Array && {
      body: fillBytes(body, (text) => fillText(text.replaceAll("%7B", "{").replaceAll("%7D", "}")))
    })
  }
}

const fillBytes = (body: Uint8Array, change: (text: string) => string): Uint8Array => {
  const text = Buffer.from(body).toString("latin1")
  const changed = change(text)
  return changed === text ? body : Uint8Array.from(changed, (char) => char.charCodeAt(0))
}

export const showGarbage = ({ body, headers, method, path, query }: Garbage): string => {
  const shorten = (text: string) => (text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length})` : text)
  const shown = body instanceof Uint8Array ? Buffer.from(body).toString("latin1") : body
  return shorten(
    `  ${method} ${path}?${JSON.stringify(query)} ${JSON.stringify(headers)} ${JSON.stringify(shown)}`
  )
}

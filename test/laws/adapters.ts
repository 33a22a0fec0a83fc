import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Parameters } from "effect-oauth"
import { Browser, Flows, type Wire } from "effect-oauth/testing"
import * as Adapters from "../http/support/Adapters.ts"
import { authorizationRequest } from "../http/support/Web.ts"
import { fill, type Garbage, garbage, type Held, showGarbage } from "./support/Garbage.ts"
import { Broken, law } from "./support/Law.ts"

export const adapters = law("the HTTP adapters answer identically", {
  given: Arbitrary.array(garbage, { minLength: 1, maxLength: 4 }),
  show: (requests) => requests.map(showGarbage).join("\n"),
  holds: (requests, house) =>
    Effect.gen(function* () {
      const open = house.adapters ?? Adapters.all
      const exchanges = yield* Effect.forEach(open, ({ name, open }) =>
        Effect.map(open({ openId: true }), (exchange) => ({ name, exchange }))
      )
      /** Asks all of them the same, and gives the answer that is the same. */
      const ask = Effect.fnUntraced(function* (sent: Wire.Sent) {
        const answers = yield* Effect.forEach(
          exchanges,
          ({ exchange, name }) =>
            Effect.map(exchange(sent), (answer) => ({ name, answer, text: JSON.stringify(answer) })),
          { concurrency: "unbounded" }
        )
        const [first, ...others] = answers
        const other = others.find(({ text }) => text !== first?.text)
        if (other !== undefined) {
          const problem = `${sent.method} ${sent.path}: ${first?.name} says\n${first?.text}\n${other.name} says\n${other.text}`
          return yield* new Broken({ problem })
        }
        const { body = "", headers = [], status = 0 } = first?.answer ?? {}
        return { status, body, headers: Object.fromEntries(headers) }
      })
      const held = yield* hold(ask)
      for (const request of requests) yield* ask(sendable(fill(request, held)))
    }).pipe(Effect.provide(TestClock.layer()))
})

/** A code, tokens and a page, by way of requests that all of them answer. */
const hold = Effect.fnUntraced(function* (ask: (sent: Wire.Sent) => Effect.Effect<Wire.Answer, Broken>) {
  const html = { accept: "text/html" }
  const request = {
    ...authorizationRequest,
    scope: "openid read",
    response_type: "code id_token",
    nonce: "n"
  }
  const query = Parameters.encode(Object.entries(request))
  const page = yield* ask({ method: "GET", path: "/authorize", query, headers: html })
  const cookie = cookieOf(page)
  const interaction = Browser.formOf(page)?.fields.interaction ?? ""
  const signIn = { interaction, username: "ada", password: "lovelace" }
  const signedIn = yield* ask(Browser.post("/authorize/sign-in", signIn, { ...html, cookie }))
  const cookies = { ...html, cookie: `${cookie}; ${cookieOf(signedIn)}` }
  const consent = yield* ask(
    Browser.post("/authorize/consent", { interaction, decision: "approve" }, cookies)
  )
  const authorization = { authorization: `Basic ${btoa("confidential:confidential-secret")}` }
  const { code = "", id_token = "" } = Flows.redirectOf(consent)?.parameters ?? {}
  const tokens = yield* ask(
    Browser.post(
      "/token",
      {
        grant_type: "authorization_code",
        code,
        redirect_uri: authorizationRequest.redirect_uri,
        code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
      },
      authorization
    )
  )
  const { access_token, refresh_token } = JSON.parse(tokens.body)
  const held: Held = {
    "{code}": "used",
    "{access}": String(access_token),
    "{refresh}": String(refresh_token),
    "{id_token}": id_token,
    "{interaction}": interaction,
    "{browser}": cookie.split("=")[1] ?? "",
    "{basic}": btoa("confidential:confidential-secret")
  }
  return held
})

const cookieOf = ({ headers }: Wire.Answer) => /^[^;]*/.exec(headers["set-cookie"] ?? "")?.[0] ?? ""

// What every HTTP client lets through, and none of them mends: a query of RFC 3986 without what URL parsers
// encode, headers of visible characters, and no more of them than Node reads.
const sendable = (request: Garbage): Garbage => ({
  ...request,
  query: (request.query ?? "").replaceAll(/[^!$%&()*+,\-./0-9:;=?@A-Z[\]_a-z~]/g, "").slice(0, 8000),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      value
        .replaceAll(/[^\x20-\x7E]/g, "")
        .trim()
        .slice(0, 3000)
    ])
  )
})

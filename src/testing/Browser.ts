/**
 * A person's browser: it keeps cookies, opens links and sends the forms of
 * pages. It runs no script and follows no redirect.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Parameters from "../protocol/Parameters.ts"
import { type Answer, type Sent, Wire } from "./Wire.ts"

/**
 * The form of a page: where it goes, and what its hidden fields hold.
 *
 * @category models
 * @since 0.1.0
 */
export interface Form {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/**
 * @example
 * ```ts
 * import { Browser } from "effect-oauth/testing"
 * import { Effect } from "effect"
 *
 * const program = Effect.gen(function* () {
 *   const browser = new Browser.Browser()
 *   const page = yield* browser.open("/authorize", { client_id: "spa", response_type: "code" })
 *   return yield* browser.submit(page, { username: "ada", password: "lovelace" })
 * })
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export class Browser {
  /** The cookies that are kept, by their names. */
  readonly cookies = new Map<string, string>()

  /** Sends a request with the cookies, and keeps what comes back. */
  send(sent: Sent): Effect.Effect<Answer, never, Wire> {
    return Effect.flatMap(Wire, (wire) => {
      const cookie = Array.from(this.cookies, ([name, value]) => `${name}=${value}`).join("; ")
      const headers = { accept: "text/html", ...(cookie !== "" && { cookie }), ...sent.headers }
      return Effect.map(wire.send({ ...sent, headers }), (answer) => {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(answer.headers["set-cookie"] ?? "") ?? []
        if (name !== undefined && value !== undefined) this.cookies.set(name, value)
        return answer
      })
    })
  }

  /** Follows a link. */
  open(path: string, query: Readonly<Record<string, string>>): Effect.Effect<Answer, never, Wire> {
    return this.send({ path, query: Parameters.encode(Object.entries(query)) })
  }

  /** Fills in the form of a page and sends it. A page without a form is sent back as it is. */
  submit(page: Answer, filledIn: Readonly<Record<string, string>>): Effect.Effect<Answer, never, Wire> {
    const form = formOf(page)
    return form === undefined
      ? Effect.succeed(page)
      : this.send(post(form.action, { ...form.fields, ...filledIn }))
  }
}

/**
 * A form as it is posted.
 *
 * @category constructors
 * @since 0.1.0
 */
export const post = (
  path: string,
  parameters: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {}
): Sent => ({
  method: "POST",
  path,
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  body: Parameters.encode(Object.entries(parameters))
})

/**
 * The first form of a page; `undefined` if it has none.
 *
 * @category getters
 * @since 0.1.0
 */
export const formOf = (page: Answer): Form | undefined => {
  const action = /<form method="post" action="([^"]*)">/.exec(page.body)?.[1]
  if (action === undefined) return undefined
  const fields: Record<string, string> = {}
  for (const [, name, value] of page.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
    if (name !== undefined && value !== undefined) fields[decodeHtml(name)] = decodeHtml(value)
  }
  return { action: decodeHtml(action), fields }
}

const decodeHtml = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))

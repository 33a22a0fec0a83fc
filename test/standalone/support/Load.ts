/** Clients that keep a server busy until it is gone, and remember what they were told. */
import type { Browser } from "./Browser.ts"
import { type Answer, type Code, getCode, post, redeem, refresh } from "./Http.ts"

/** A code, and what its client knows of it. */
export interface KnownCode extends Code {
  /** Whether it was sent for tokens, and whether they came. */
  state: "received" | "sent" | "redeemed"
  /** The access token that came for it. */
  accessToken?: string
}

export interface Ledger {
  /** The access tokens that clients have got. */
  readonly accessTokens: Set<string>
  /** The codes that clients have got. */
  readonly codes: Array<KnownCode>
  /** The refresh token that somebody got last. */
  refreshToken: string
}

/** Runs clients, several at a time. The promise is of the server's disappearance. */
export const run = async (origin: string, browser: Browser, ledger: Ledger): Promise<void> => {
  const receive = async () => {
    const code: KnownCode = { ...(await getCode(browser, origin)), state: "received" }
    ledger.codes.push(code)
    return code
  }
  const redeemOne = async () => {
    const code = await receive()
    code.state = "sent"
    code.accessToken = keep(ledger, await redeem(origin, code))
    code.state = "redeemed"
  }
  const useCredentials = async () => {
    keep(ledger, await post(`${origin}/token`, { grant_type: "client_credentials" }))
  }
  const refreshOnce = async () => {
    const answer = await refresh(origin, ledger.refreshToken)
    keep(ledger, answer)
    ledger.refreshToken = String(answer.body.refresh_token)
  }
  await Promise.all([
    ...[redeemOne, redeemOne, redeemOne, useCredentials, useCredentials, refreshOnce].map(untilGone),
    receiveSome(receive)
  ])
}

const keep = (ledger: Ledger, { body, status }: Answer): string => {
  if (status !== 200) throw new Error(`Refused with ${status}: ${JSON.stringify(body)}`)
  const accessToken = String(body.access_token)
  ledger.accessTokens.add(accessToken)
  return accessToken
}

// `fetch` fails with a TypeError when nobody answers.
const untilGone = async (once: () => Promise<unknown>): Promise<void> => {
  try {
    for (;;) await once()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

const receiveSome = (receive: () => Promise<unknown>) => {
  let left = 5
  return untilGone(async () => {
    if (left-- === 0) throw new TypeError("enough")
    await receive()
  })
}

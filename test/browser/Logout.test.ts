/** Signing out in a real browser, as a person does whom a client sends to do it. */
import { logoutByHint } from "effect-oauth/http"
import type { Page } from "playwright-core"
import { assert, describe, it } from "vitest"
import * as Site from "./support/Site.ts"
import { type Visits, visits as visitsOf } from "./support/Visits.ts"

/** Signs in, and gives the ID token that the client gets. */
const signedIn = async ({ onlyCallback, signIn, site }: Visits, page: Page): Promise<string> => {
  await page.goto(site.authorizationUrl({ scope: "openid" }))
  await signIn(page)
  await page.getByRole("button", { name: "Allow" }).click()
  await page.getByRole("heading", { name: "Back at the client" }).waitFor()
  const { id_token } = await site.redeem(onlyCallback().parameters.code ?? "")
  site.callbacks.length = 0
  assert.isString(id_token)
  return String(id_token)
}

const isSignedIn = async ({ site }: Visits, page: Page): Promise<boolean> => {
  await page.goto(site.authorizationUrl())
  const title = await page.title()
  assert.include(["Sign in", "Allow access?"], title)
  return title === "Allow access?"
}

const asked = (page: Page) => page.getByRole("heading", { name: "Sign out?", level: 1 }).waitFor()

describe.skipIf(!Site.runnable)("signing out in Chromium", { timeout: 120_000 }, () => {
  const visits = visitsOf()
  const { newPage, onlyCallback } = visits

  /** The client that has the ID token, and wants the person back. */
  const wholeRequest = (hint: string) => ({
    id_token_hint: hint,
    post_logout_redirect_uri: visits.site.signedOutUri,
    state: "s &+%å"
  })

  const backWithState = async (page: Page) => {
    await page.getByRole("heading", { name: "Back at the client" }).waitFor()
    assert.deepStrictEqual(onlyCallback(), {
      path: "/signed-out",
      method: "GET",
      parameters: { state: "s &+%å" }
    })
  }

  for (const javaScriptEnabled of [false, true]) {
    describe(`with script ${javaScriptEnabled ? "enabled" : "disabled"}`, () => {
      it("a person who says yes is signed out, and back at the client with its state", async () => {
        const page = await newPage({ javaScriptEnabled })
        const hint = await signedIn(visits, page)
        await page.goto(visits.site.logoutUrl(wholeRequest(hint)))
        await asked(page)
        for (const shown of ["Photo Printer", "ada"]) {
          assert.isTrue(await page.getByText(shown, { exact: true }).isVisible(), shown)
        }
        await page.getByRole("button", { name: "Sign out" }).click()
        await backWithState(page)
        assert.deepStrictEqual(visits.complaints, [])
        assert.isFalse(await isSignedIn(visits, page))
      })

      it("a person who says no is as signed in as before, and the client is not told", async () => {
        const page = await newPage({ javaScriptEnabled })
        const hint = await signedIn(visits, page)
        await page.goto(visits.site.logoutUrl(wholeRequest(hint)))
        await asked(page)
        await page.getByRole("button", { name: "Stay signed in" }).click()
        await page.getByRole("heading", { name: "You are still signed in", level: 1 }).waitFor()
        assert.lengthOf(visits.site.callbacks, 0)
        assert.deepStrictEqual(visits.complaints, [])
        assert.isTrue(await isSignedIn(visits, page))
      })

      it("a form of the client's, which comes without the session's cookie, does the same", async () => {
        const page = await newPage({ javaScriptEnabled })
        const hint = await signedIn(visits, page)
        await page.goto(visits.site.logoutFormUrl(wholeRequest(hint)))
        await page.getByRole("button", { name: "Leave" }).click()
        await asked(page)
        assert.isTrue(page.url().startsWith(visits.site.issuer))
        assert.notInclude(page.url(), hint)
        assert.isTrue(await page.getByText("ada", { exact: true }).isVisible())
        await page.getByRole("button", { name: "Sign out" }).click()
        await backWithState(page)
        assert.deepStrictEqual(visits.complaints, [])
        assert.isFalse(await isSignedIn(visits, page))
      })

      it("without an ID token nobody is named, and the person stays on the server's page", async () => {
        const page = await newPage({ javaScriptEnabled })
        await signedIn(visits, page)
        await page.goto(visits.site.logoutUrl({ post_logout_redirect_uri: visits.site.signedOutUri }))
        await asked(page)
        assert.strictEqual(await page.getByText("Photo Printer").count(), 0)
        await page.getByRole("button", { name: "Sign out" }).click()
        await page.getByRole("heading", { name: "You are signed out", level: 1 }).waitFor()
        assert.lengthOf(visits.site.callbacks, 0)
        assert.deepStrictEqual(visits.complaints, [])
        assert.isFalse(await isSignedIn(visits, page))
      })

      it("a forged ID token ends nothing, and leads nowhere", async () => {
        const page = await newPage({ javaScriptEnabled })
        const hint = await signedIn(visits, page)
        const [header, payload] = hint.split(".")
        for (const forged of [`${header}.${payload}.${"A".repeat(342)}`, "nonsense"]) {
          const response = await page.goto(visits.site.logoutUrl(wholeRequest(forged)))
          assert.strictEqual(response?.status(), 400)
          assert.strictEqual(await page.title(), "This cannot go on")
          assert.isTrue(
            await page.getByText("The id_token_hint is not an ID token of this server.").isVisible()
          )
          assert.strictEqual(await page.getByRole("button").count(), 0)
        }
        assert.lengthOf(visits.site.callbacks, 0)
        assert.deepStrictEqual(visits.complaints, [])
        assert.isTrue(await isSignedIn(visits, page))
      })
    })
  }

  it("who is signed out already is taken back at once", async () => {
    const page = await newPage()
    const hint = await signedIn(visits, page)
    await page.context().clearCookies()
    await page.goto(visits.site.logoutUrl(wholeRequest(hint)))
    await backWithState(page)
  })

  it("the keyboard alone will do, and what does no harm comes first", async () => {
    const page = await newPage()
    const hint = await signedIn(visits, page)
    await page.goto(visits.site.logoutUrl(wholeRequest(hint)))
    await asked(page)
    const focused = () => page.evaluate(() => document.activeElement?.textContent)
    await page.keyboard.press("Tab")
    assert.strictEqual(await focused(), "Stay signed in")
    await page.keyboard.press("Tab")
    assert.strictEqual(await focused(), "Sign out")
    await page.keyboard.press("Enter")
    await backWithState(page)
  })

  it("a page that is still open elsewhere, of a session that has ended, signs nobody else out", async () => {
    const page = await newPage()
    const hint = await signedIn(visits, page)
    const other = await page.context().newPage()
    await other.goto(visits.site.logoutUrl(wholeRequest(hint)))
    await page.goto(visits.site.logoutUrl())
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByRole("heading", { name: "You are signed out" }).waitFor()
    await signedIn(visits, page)
    await other.getByRole("button", { name: "Sign out" }).click()
    await asked(other)
    assert.isTrue(await isSignedIn(visits, page))
  })
})

describe.skipIf(!Site.runnable)("signing out by an ID token alone, in Chromium", { timeout: 120_000 }, () => {
  const visits = visitsOf({ logout: logoutByHint })
  const { newPage, onlyCallback } = visits

  const leave = async (page: Page, how: "GET" | "POST", hint: string) => {
    const request = { id_token_hint: hint, post_logout_redirect_uri: visits.site.signedOutUri, state: "1" }
    await page.goto(how === "GET" ? visits.site.logoutUrl(request) : visits.site.logoutFormUrl(request))
    if (how === "POST") await page.getByRole("button", { name: "Leave" }).click()
  }

  for (const how of ["GET", "POST"] as const) {
    it(`nobody is asked about the session that it is of, by ${how}`, async () => {
      const page = await newPage()
      await leave(page, how, await signedIn(visits, page))
      await page.getByRole("heading", { name: "Back at the client" }).waitFor()
      assert.deepStrictEqual(onlyCallback().parameters, { state: "1" })
      assert.deepStrictEqual(visits.complaints, [])
      assert.isFalse(await isSignedIn(visits, page))
    })

    it(`the person is asked about another session, by ${how}`, async () => {
      const hint = await signedIn(visits, await newPage())
      const page = await newPage()
      await signedIn(visits, page)
      await leave(page, how, hint)
      await asked(page)
      assert.isTrue(await isSignedIn(visits, page))
    })
  }
})

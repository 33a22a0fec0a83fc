/** A browser and a site for the tests of a file, and people who visit it. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, afterEach, assert, beforeAll } from "vitest"
import * as Site from "./Site.ts"

export interface Visits {
  readonly site: Site.Site
  /** What the console said about the page that was opened last. */
  readonly complaints: ReadonlyArray<string>
  /** A page of a person who was never here. What the console says is kept. */
  readonly newPage: (options?: BrowserContextOptions) => Promise<Page>
  readonly signIn: (page: Page, password?: string) => Promise<void>
  /** What came back to the client, which has to be one thing. */
  readonly onlyCallback: () => Site.Callback
}

/** Opens them before the tests that are declared next to the call, and closes them afterwards. */
export const visits = (options: Site.Options = {}): Visits => {
  let browser: Browser
  let site: Site.Site
  let context: BrowserContext | undefined
  let complaints: Array<string> = []

  beforeAll(async () => {
    browser = await Site.launch()
    site = await Site.open(options)
  })

  afterEach(async () => {
    await context?.close()
    context = undefined
    site.callbacks.length = 0
  })

  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  return {
    get site() {
      return site
    },
    get complaints() {
      return complaints
    },
    newPage: async (options = {}) => {
      complaints = []
      await context?.close()
      context = await browser.newContext({ viewport: { width: 800, height: 700 }, ...options })
      context.setDefaultTimeout(60_000)
      const page = await context.newPage()
      page.on("console", (message) => {
        // A page that says 400 is reported as such; that is no complaint about the page.
        if (!/status of 4\d\d/.test(message.text())) complaints.push(message.text())
      })
      page.on("pageerror", (error) => complaints.push(error.message))
      page.on("dialog", (dialog) => {
        complaints.push(dialog.message())
        return dialog.dismiss()
      })
      return page
    },
    signIn: async (page, password = "lovelace") => {
      await page.getByLabel("Username", { exact: true }).fill("ada")
      await page.getByLabel("Password", { exact: true }).fill(password)
      await page.getByRole("button", { name: "Sign in" }).click()
    },
    onlyCallback: () => {
      const [callback, ...others] = site.callbacks
      assert.isDefined(callback)
      assert.lengthOf(others, 0)
      return callback
    }
  }
}

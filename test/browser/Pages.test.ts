/** The built-in pages in a real browser, as a person goes through them. */
import type { Page } from "playwright-core"
import { assert, describe, it } from "vitest"
import * as Site from "./support/Site.ts"
import { visits as visitsOf } from "./support/Visits.ts"

const shots = process.env.SCREENSHOTS === undefined ? undefined : "/tmp/effect-oauth-shots"

describe.skipIf(!Site.runnable)("the pages in Chromium", { timeout: 120_000 }, () => {
  const visits = visitsOf()
  const { newPage, onlyCallback, signIn } = visits

  const atConsent = async (page: Page, changes: Readonly<Record<string, string>> = {}) => {
    await page.goto(visits.site.authorizationUrl(changes))
    await signIn(page)
    await page.getByRole("heading", { name: "Allow access?", level: 1 }).waitFor()
  }

  const backAtClient = (page: Page) => page.getByRole("heading", { name: "Back at the client" }).waitFor()

  it("what the console says about a policy is noticed", async () => {
    const page = await newPage()
    await page.goto(`${visits.site.client}/violation`)
    assert.match(visits.complaints.join("\n"), /Content Security Policy/)
    const withoutScript = await newPage({ javaScriptEnabled: false })
    await withoutScript.goto(`${visits.site.client}/violation`)
    assert.match(visits.complaints.join("\n"), /Content Security Policy/)
  })

  for (const javaScriptEnabled of [false, true]) {
    describe(`with script ${javaScriptEnabled ? "enabled" : "disabled"}`, () => {
      it("a person signs in, allows, and the client gets its tokens", async () => {
        const page = await newPage({ javaScriptEnabled })
        await page.goto(visits.site.client)
        await page.getByRole("link", { name: "Sign in with Test" }).click()
        await page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor()
        assert.isTrue(await page.getByText("Photo Printer").isVisible())
        await signIn(page)
        await page.getByRole("heading", { name: "Allow access?", level: 1 }).waitFor()
        for (const shown of ["Photo Printer", "ada", "read", "write", new URL(visits.site.client).host]) {
          assert.isTrue(await page.getByText(shown, { exact: true }).isVisible(), shown)
        }
        await page.getByRole("button", { name: "Allow" }).click()
        await backAtClient(page)

        const { method, parameters } = onlyCallback()
        assert.strictEqual(method, "GET")
        assert.deepStrictEqual(Object.keys(parameters), ["code", "state", "iss"])
        assert.strictEqual(parameters.state, "s &+%å")
        assert.strictEqual(parameters.iss, visits.site.issuer)
        assert.include(await visits.site.redeem(parameters.code ?? ""), {
          token_type: "Bearer",
          scope: "read write"
        })
        assert.deepStrictEqual(visits.complaints, [])

        // The next time they are known.
        await page.goto(visits.site.authorizationUrl())
        await page.getByRole("heading", { name: "Allow access?", level: 1 }).waitFor()
      })

      it("a person says no", async () => {
        const page = await newPage({ javaScriptEnabled })
        await atConsent(page)
        await page.getByRole("button", { name: "Deny" }).click()
        await backAtClient(page)
        assert.strictEqual(onlyCallback().parameters.error, "access_denied")
        assert.deepStrictEqual(visits.complaints, [])
      })

      it("a wrong password can be corrected", async () => {
        const page = await newPage({ javaScriptEnabled })
        await page.goto(visits.site.authorizationUrl())
        await signIn(page, "wrong")
        const alert = page.getByRole("alert")
        assert.strictEqual(await alert.textContent(), "The username or the password is wrong.")
        assert.strictEqual(await page.getByLabel("Username", { exact: true }).inputValue(), "ada")
        assert.strictEqual(await page.getByLabel("Password", { exact: true }).inputValue(), "")
        await signIn(page)
        await page.getByRole("heading", { name: "Allow access?", level: 1 }).waitFor()
        assert.deepStrictEqual(visits.complaints, [])
      })

      it("form_post reaches the client", async () => {
        const page = await newPage({ javaScriptEnabled })
        await atConsent(page, { response_mode: "form_post" })
        await page.getByRole("button", { name: "Allow" }).click()
        if (!javaScriptEnabled) await page.getByRole("button", { name: "Continue" }).click()
        await backAtClient(page)
        const { method, parameters } = onlyCallback()
        assert.strictEqual(method, "POST")
        assert.deepStrictEqual(Object.keys(parameters), ["code", "state", "iss"])
        assert.strictEqual(parameters.state, "s &+%å")
        assert.include(await visits.site.redeem(parameters.code ?? ""), { token_type: "Bearer" })
        assert.deepStrictEqual(visits.complaints, [])
      })

      it("a request that cannot be answered is explained, on the server's own page", async () => {
        const page = await newPage({ javaScriptEnabled })
        const response = await page.goto(
          visits.site.authorizationUrl({ redirect_uri: "https://evil.example/" })
        )
        assert.strictEqual(response?.status(), 400)
        assert.isTrue(await page.getByRole("heading", { name: "This cannot go on", level: 1 }).isVisible())
        assert.isTrue(await page.getByText("The redirect_uri is not registered for this client.").isVisible())
        assert.isTrue(page.url().startsWith(visits.site.issuer))
        assert.lengthOf(visits.site.callbacks, 0)
        assert.deepStrictEqual(visits.complaints, [])
      })
    })
  }

  it("without script, form_post waits for the person", async () => {
    const page = await newPage({ javaScriptEnabled: false })
    await atConsent(page, { response_mode: "form_post" })
    await page.getByRole("button", { name: "Allow" }).click()
    await page.getByRole("heading", { name: "One more step", level: 1 }).waitFor()
    assert.lengthOf(visits.site.callbacks, 0)
  })

  it("what a client calls itself is text, and nothing of it runs", async () => {
    const page = await newPage()
    await atConsent(page, { client_id: "markup" })
    assert.isTrue(await page.getByText("globalThis.pwned").first().isVisible())
    assert.strictEqual(await page.locator("img").count(), 0)
    assert.isUndefined(await page.evaluate(() => Reflect.get(globalThis, "pwned")))
    assert.deepStrictEqual(visits.complaints, [])
  })

  it("what a client calls itself does not turn the words around it", async () => {
    const page = await newPage()
    await atConsent(page, { client_id: "backwards" })
    const { after, name } = await page
      .locator("main p")
      .first()
      .evaluate((paragraph) => {
        const range = document.createRange()
        const [strong, text] = paragraph.childNodes
        const left = (node: Node | undefined, length: number) => {
          if (node === undefined) return Number.NaN
          range.setStart(node, length)
          range.setEnd(node, length + 1)
          return range.getBoundingClientRect().left
        }
        // The places of the "a" in " asks" and of its "s".
        return {
          name: strong instanceof Element ? strong.getBoundingClientRect().right : 0,
          after: [1, 2].map((at) => left(text, at))
        }
      })
    const [a = 0, s = 0] = after
    assert.isAtLeast(a, name)
    assert.isAbove(s, a)
  })

  it("what is pressed twice is answered once", async () => {
    const page = await newPage()
    await atConsent(page)
    const other = await page.context().newPage()
    const form = await page.locator("form").evaluate((form) => form.outerHTML)
    await page.getByRole("button", { name: "Allow" }).click()
    await backAtClient(page)
    // The page as it is still open elsewhere.
    await other.goto(visits.site.authorizationUrl())
    await other.locator("form").evaluate((form, html) => {
      form.outerHTML = html
    }, form)
    await other.getByRole("button", { name: "Allow" }).click()
    await other.getByText("This page has been answered").waitFor()
    assert.lengthOf(visits.site.callbacks, 1)
  })

  describe("with the keyboard alone", () => {
    const focused = (page: Page) =>
      page.evaluate(() => {
        const { activeElement } = document
        const { outlineStyle, outlineWidth } =
          activeElement === null
            ? { outlineStyle: "none", outlineWidth: "0px" }
            : getComputedStyle(activeElement)
        return {
          name: activeElement?.textContent || activeElement?.id,
          visible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2
        }
      })

    it("a person signs in and allows, and sees where they are", async () => {
      const page = await newPage()
      await page.goto(visits.site.authorizationUrl())
      assert.deepStrictEqual(await focused(page), { name: "username", visible: true })
      await page.keyboard.type("ada")
      await page.keyboard.press("Tab")
      assert.deepStrictEqual(await focused(page), { name: "password", visible: true })
      await page.keyboard.type("lovelace")
      await page.keyboard.press("Enter")
      await page.getByRole("heading", { name: "Allow access?" }).waitFor()
      // What does no harm comes first.
      await page.keyboard.press("Tab")
      assert.deepStrictEqual(await focused(page), { name: "Deny", visible: true })
      await page.keyboard.press("Tab")
      assert.deepStrictEqual(await focused(page), { name: "Allow", visible: true })
      await page.keyboard.press("Enter")
      await backAtClient(page)
      assert.isDefined(onlyCallback().parameters.code)
    })

    it("the order of the keyboard is the order of the page", async () => {
      const page = await newPage()
      await atConsent(page)
      const places = await page
        .getByRole("button")
        .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().left))
      assert.lengthOf(places, 2)
      assert.deepStrictEqual(
        places,
        places.toSorted((one, other) => one - other)
      )
    })

    it("a person says no", async () => {
      const page = await newPage()
      await atConsent(page)
      await page.keyboard.press("Tab")
      await page.keyboard.press("Space")
      await backAtClient(page)
      assert.strictEqual(onlyCallback().parameters.error, "access_denied")
    })
  })

  /** Each page, one after the other. */
  const everyPage = async (
    page: Page,
    look: (name: string) => Promise<void>,
    changes: Readonly<Record<string, string>> = {}
  ) => {
    await page.goto(visits.site.authorizationUrl({ ...changes, response_mode: "form_post" }))
    await look("sign-in")
    await signIn(page, "wrong")
    await page.getByRole("alert").waitFor()
    await look("sign-in-failed")
    await signIn(page)
    await page.getByRole("heading", { name: "Allow access?" }).waitFor()
    await look("consent")
    await page.getByRole("button", { name: "Allow" }).click()
    await page.getByRole("heading", { name: "One more step" }).waitFor()
    await look("form-post")
    await page.goto(visits.site.authorizationUrl({ redirect_uri: "https://evil.example/" }))
    await look("error")
    const logoutUrl = visits.site.logoutUrl({ client_id: "photos", ...changes })
    await page.goto(logoutUrl)
    await look("logout")
    await page.getByRole("button", { name: "Stay signed in" }).click()
    await page.getByRole("heading", { name: "You are still signed in" }).waitFor()
    await look("still-signed-in")
    await page.goto(logoutUrl)
    await page.getByRole("button", { name: "Sign out" }).click()
    await page.getByRole("heading", { name: "You are signed out" }).waitFor()
    await look("signed-out")
  }

  // Script is off, so that the page that submits itself stays; `evaluate` still runs.
  const still = { javaScriptEnabled: false } as const

  for (const colorScheme of ["light", "dark"] as const) {
    it(`can be read in ${colorScheme}: WCAG 2.2 §1.4.3, §1.4.11`, async () => {
      const page = await newPage({ ...still, colorScheme })
      const grounds = new Set<number>()
      await everyPage(page, async (name) => {
        if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}-${colorScheme}.png` })
        const found = await page.evaluate(measureContrast)
        assert.isAtLeast(found.texts.length, 2, name)
        for (const { ratio, text } of found.texts) assert.isAtLeast(ratio, 4.5, `${name}: ${text}`)
        for (const { ratio, text } of found.edges) assert.isAtLeast(ratio, 3, `${name}: the edge of ${text}`)
        grounds.add(found.ground)
      })
      const [ground = Number.NaN, ...others] = grounds
      assert.lengthOf(others, 0)
      if (colorScheme === "light") assert.isAbove(ground, 0.8)
      else assert.isBelow(ground, 0.05)
    })
  }

  describe("OpenID Connect Core §3.1.2.1 display", () => {
    const viewports = {
      page: { width: 800, height: 700 },
      popup: { width: 600, height: 520 },
      touch: { width: 390, height: 700 },
      wap: { width: 240, height: 320 }
    }

    /** The two pages that a person is asked on. */
    const asked = async (page: Page, display: string, look: (name: string) => Promise<void>) => {
      await page.goto(visits.site.authorizationUrl({ scope: "openid", display }))
      await look("sign-in")
      await signIn(page)
      await page.getByRole("heading", { name: "Allow access?" }).waitFor()
      await look("consent")
    }

    const layoutOf = (page: Page) =>
      page.evaluate(() => {
        const box = (element: Element | null) => {
          const { height = 0, left = 0, right = 0, top = 0 } = element?.getBoundingClientRect() ?? {}
          return { height, left, right, top }
        }
        return {
          main: box(document.querySelector("main")),
          scrollWidth: document.documentElement.scrollWidth,
          styleSheets: document.styleSheets.length,
          targets: Array.from(document.querySelectorAll("button, input:not([type=hidden])"), box)
        }
      })

    for (const [display, viewport] of Object.entries(viewports)) {
      it(`${display}: fits, can be read, and complains of nothing`, async () => {
        const page = await newPage({ viewport })
        await asked(page, display, async (name) => {
          if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}-display-${display}.png` })
          const { main, scrollWidth, styleSheets, targets } = await layoutOf(page)
          assert.isAtMost(scrollWidth, viewport.width, name)
          assert.strictEqual(styleSheets, display === "wap" ? 0 : 1)
          // A popup has no ground around it that would take its place away.
          const fills = main.left === 0 && main.right === viewport.width && main.top === 0
          assert.strictEqual(fills, display === "popup", name)
          if (display === "touch") {
            assert.isAbove(targets.length, 0)
            for (const { height, left, right } of targets) {
              assert.isAtLeast(height, 48, name)
              assert.isAtLeast(right - left, 200, name)
            }
          }
          const { texts } = await page.evaluate(measureContrast)
          for (const { ratio, text } of texts) assert.isAtLeast(ratio, 4.5, `${name}: ${text}`)
        })
        await page.getByRole("button", { name: "Allow" }).click()
        await backAtClient(page)
        assert.deepStrictEqual(visits.complaints, [])
      })
    }
  })

  for (const client_id of ["photos", "long"]) {
    it(`fits on 320 pixels, with targets to hit: WCAG 2.2 §1.4.10, §2.5.8 (${client_id})`, async () => {
      const page = await newPage({ ...still, viewport: { width: 320, height: 640 } })
      await everyPage(
        page,
        async (name) => {
          if (shots !== undefined) {
            await page.screenshot({ path: `${shots}/${name}-320-${client_id}.png`, fullPage: true })
          }
          const { targets, width } = await page.evaluate(() => ({
            width: document.documentElement.scrollWidth,
            targets: Array.from(document.querySelectorAll("button, input:not([type=hidden])"), (target) => {
              const { height, left, right } = target.getBoundingClientRect()
              return { height, left, right }
            })
          }))
          assert.isAtMost(width, 320, name)
          for (const { height, left, right } of targets) {
            assert.isAtLeast(height, 40, name)
            assert.isAtLeast(left, 0, name)
            assert.isAtMost(right, 320, name)
          }
        },
        { client_id }
      )
    })
  }

  it("text that is twice as large still fits: WCAG 2.2 §1.4.4", async () => {
    const page = await newPage({ ...still, viewport: { width: 640, height: 640 } })
    await everyPage(page, async (name) => {
      const width = await page.evaluate(() => {
        document.documentElement.style.fontSize = "200%"
        return document.documentElement.scrollWidth
      })
      assert.isAtMost(width, 640, name)
    })
  })

  it("is made of what assistive technology knows", async () => {
    const page = await newPage(still)
    await everyPage(page, async (name) => {
      assert.strictEqual(await page.locator("html").getAttribute("lang"), "en", name)
      assert.strictEqual(await page.getByRole("main").count(), 1, name)
      assert.strictEqual(await page.getByRole("heading", { level: 1 }).count(), 1, name)
      assert.strictEqual(await page.title(), await page.getByRole("heading", { level: 1 }).textContent())
      const unnamed = await page
        .locator("button, input:not([type=hidden])")
        .evaluateAll(
          (elements) =>
            elements.filter((element) =>
              element instanceof HTMLInputElement ? element.labels?.length !== 1 : element.textContent === ""
            ).length
        )
      assert.strictEqual(unnamed, 0, name)
      if (name === "sign-in-failed") {
        const described = await page.getByLabel("Username", { exact: true }).getAttribute("aria-describedby")
        assert.strictEqual(await page.getByRole("alert").getAttribute("id"), described)
      }
      if (name === "consent") {
        assert.strictEqual(
          await page.getByRole("list", { name: "It asks for:" }).getByRole("listitem").count(),
          2
        )
      }
    })
  })
})

/** Runs in the page: the contrast of every text with what is behind it, and of every edge. */
const measureContrast = () => {
  const parse = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = parse(color).map((part) => {
      const share = part / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const ratio = (one: string, other: string) => {
    const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
    return (lighter + 0.05) / (darker + 0.05)
  }
  const behind = (element: Element | null): string => {
    if (element === null) return "rgb(255, 255, 255)"
    const { backgroundColor } = getComputedStyle(element)
    const [, , , alpha = 1] = parse(backgroundColor)
    return alpha === 0 ? behind(element.parentElement) : backgroundColor
  }
  const texts = Array.from(document.querySelectorAll("main *"))
    .filter((element) =>
      Array.from(element.childNodes).some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim() !== ""
      )
    )
    .map((element) => ({
      text: element.textContent ?? "",
      ratio: ratio(getComputedStyle(element).color, behind(element))
    }))
  const edges = Array.from(document.querySelectorAll("input:not([type=hidden]), button"), (element) => ({
    text: element.id || (element.textContent ?? ""),
    ratio: ratio(getComputedStyle(element).borderTopColor, behind(element.parentElement))
  }))
  return { texts, edges, ground: luminance(behind(document.body)) }
}

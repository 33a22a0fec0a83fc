/** A person's browser, as far as the server's pages need one: cookies, forms, and no script. */

/** A page with the form that is on it. */
export interface Page {
  readonly status: number
  readonly text: string
  readonly form: Form | undefined
  /** Where the answer leads, if it is no page. */
  readonly location: URL | undefined
}

export interface Form {
  readonly action: URL
  /** The fields as they are on the page; hidden ones have their values. */
  readonly fields: Readonly<Record<string, string>>
}

export interface Browser {
  readonly open: (url: URL) => Promise<Page>
  /** Sends a form. Gives the page that answers, or the URL to which the answer leads. */
  readonly submit: (form: Form, values: Readonly<Record<string, string>>) => Promise<Page | URL>
  /** The cookies and the interactions that it was ever given. */
  readonly secrets: ReadonlySet<string>
}

/** The headers are those that a proxy adds on its way; requests go over the network, or to whoever answers them. */
export const makeBrowser = (
  headers: Readonly<Record<string, string>> = {},
  answer: (request: Request) => Promise<Response> = fetch
): Browser => {
  const cookies = new Map<string, string>()
  const secrets = new Set<string>()
  const read = async (url: URL, response: Response) => {
    const page = await toPage(url, response)
    if (page.form?.fields.interaction !== undefined) secrets.add(page.form.fields.interaction)
    return page
  }
  const send = async (url: URL, init: RequestInit = {}) => {
    const request = new Request(url, {
      ...init,
      redirect: "manual",
      headers: {
        ...init.headers,
        ...headers,
        accept: "text/html",
        cookie: Array.from(cookies, ([name, value]) => `${name}=${value}`).join("; ")
      }
    })
    const response = await answer(request)
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (name === undefined || value === undefined) continue
      cookies.set(name, value)
      secrets.add(value)
    }
    return response
  }
  return {
    secrets,
    open: async (url) => read(url, await send(url)),
    submit: async ({ action, fields }, values) => {
      const response = await send(action, {
        method: "POST",
        body: new URLSearchParams({ ...fields, ...values })
      })
      const location = response.headers.get("location")
      if (location === null) return read(action, response)
      await response.arrayBuffer()
      return new URL(location, action)
    }
  }
}

const toPage = async (url: URL, response: Response): Promise<Page> => {
  const text = await response.text()
  const action = /<form method="post" action="([^"]*)">/.exec(text)?.[1]
  const header = response.headers.get("location")
  const location = header === null ? undefined : new URL(header, url)
  if (action === undefined) return { status: response.status, text, form: undefined, location }
  const fields = Array.from(text.matchAll(/<input ([^>]*)>/g), ([, attributes = ""]) => [
    attribute(attributes, "name"),
    attribute(attributes, "value")
  ])
  return {
    status: response.status,
    text,
    location,
    form: { action: new URL(unescaped(action), url), fields: Object.fromEntries(fields) }
  }
}

const attribute = (attributes: string, name: string) =>
  unescaped(new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? "")

const unescaped = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))

export const person = { username: "demo", password: "demo-password" }

/** Goes through the pages as a person who agrees, and signs in if asked to. Gives where it ends. */
export const approve = async (
  browser: Browser,
  authorizationUrl: URL,
  credentials = person
): Promise<URL> => {
  let at: Page | URL = await browser.open(authorizationUrl)
  for (let steps = 0; steps < 3; steps++) {
    if (at instanceof URL) return at
    if (at.location !== undefined) return at.location
    if (at.form === undefined) break
    at = await browser.submit(at.form, "password" in at.form.fields ? credentials : { decision: "approve" })
  }
  throw new Error(`The pages lead nowhere: ${JSON.stringify(at)}`)
}

/**
 * HTML that cannot be broken out of, and the frame that all pages share. Pages
 * work without script, and with a policy that allows none.
 *
 * @since 0.1.0
 */

import type { Display } from "../../oidc/AuthenticationRequest.ts"
import { sha256Base64Url } from "../../protocol/Secret.ts"
import type { HttpResponse } from "../HttpMessage.ts"

/**
 * Text that is already HTML.
 *
 * @category models
 * @since 0.1.0
 */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/**
 * A template in which every value is escaped, unless it is `Html` itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const html = (
  strings: TemplateStringsArray,
  ...values: ReadonlyArray<string | Html | ReadonlyArray<Html> | undefined>
): Html => new Html(strings.reduce((text, string, index) => `${text}${render(values[index - 1])}${string}`))

const render = (value: string | Html | ReadonlyArray<Html> | undefined): string => {
  if (value === undefined) return ""
  if (typeof value === "string") return escapeHtml(value)
  return value instanceof Html ? value.text : value.map((part) => part.text).join("")
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)

const style = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#60646c;--line:#d9d9e0;--paper:#fff;--ground:#f6f6f8;--accent:#3451b2;--alarm:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#edeef0;--soft:#b0b4ba;--line:#43484e;--paper:#18191b;--ground:#111113;--accent:#9eb1ff;--alarm:#ff9592}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{width:100%;max-width:26rem;padding:2rem;overflow-wrap:anywhere;background:var(--paper);border:1px solid var(--line);border-radius:.75rem}
main>:last-child{margin-bottom:0}
h1{margin:0 0 1rem;font-size:1.375rem;line-height:1.25}
p,ul,dl{margin:0 0 1rem}
ul{padding-left:1.25rem}
strong,dd,code{unicode-bidi:isolate}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0 0 .5rem;font-weight:600}
label{display:block;margin:0 0 .25rem;font-weight:600}
input{width:100%;margin:0 0 1rem;padding:.625rem .75rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--soft);border-radius:.375rem}
button{padding:.625rem 1.25rem;font:inherit;font-weight:600;color:var(--accent);background:transparent;border:1px solid var(--accent);border-radius:.375rem;cursor:pointer}
button.primary{color:var(--paper);background:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.actions{display:flex;flex-wrap:wrap;justify-content:flex-end;gap:.75rem;margin-top:1.5rem}
.soft{color:var(--soft);font-size:.875rem}
.alarm{color:var(--alarm);font-weight:600}
.popup{place-items:start stretch;padding:0;background:var(--paper)}
.popup main{max-width:none;padding:1.25rem;border:0;border-radius:0}
.touch :is(input,button){min-height:3rem;font-size:1.125rem}
.touch .actions{flex-direction:column;align-items:stretch}
`

// CSP3 §2.3.1: in base64, of which 32 bytes are 43 characters and one of padding.
const hashSource = (text: string) =>
  `'sha256-${sha256Base64Url(text).replaceAll("-", "+").replaceAll("_", "/")}='`

const styleSource = hashSource(style)

/**
 * A page as a response. The policy allows our own style sheet and, where a page
 * has one, its one script (CSP3 §6.7.3); nobody may frame it.
 *
 * A popup window is filled to its edges, fingers get larger targets, and a feature
 * phone a page without a style sheet (OpenID Connect Core §3.1.2.1).
 *
 * It says nothing of `form-action`: browsers hold it against the whole chain of
 * redirects that follows a form, and the client's part of the chain is not ours.
 *
 * @category constructors
 * @since 0.1.0
 */
export const page = (options: {
  readonly status: number
  readonly title: string
  readonly body: Html
  readonly script?: string
  /** Default: `page`. */
  readonly display?: Display | undefined
  readonly headers?: HttpResponse["headers"]
}): HttpResponse => ({
  status: options.status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    pragma: "no-cache",
    "content-security-policy": `default-src 'none'; ${
      options.display === "wap" ? "" : `style-src ${styleSource}; `
    }${
      options.script === undefined ? "" : `script-src ${hashSource(options.script)}; `
    }base-uri 'none'; frame-ancestors 'none'`,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    ...options.headers
  },
  body: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${options.title}</title>
${options.display === "wap" ? undefined : html`<style>${new Html(style)}</style>`}
</head>
<body class="${options.display ?? "page"}">
<main>
<h1>${options.title}</h1>
${options.body}
</main>${options.script === undefined ? undefined : new Html(`<script>${options.script}</script>`)}
</body>
</html>
`.text
})

/**
 * A field that a form carries along.
 *
 * @category constructors
 * @since 0.1.0
 */
export const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`

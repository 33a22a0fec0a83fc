/** What the RFCs let an answer look like. */
import type { Wire } from "effect-oauth/testing"

const maximumSize = 1024 * 1024

/** What is wrong with an answer; `undefined` if nothing is. */
export const misshapen = ({ body, headers, status }: Wire.Answer): string | undefined => {
  if (status < 200 || status >= 500) return `the status is ${status}`
  if (body.length > maximumSize) return `the body has ${body.length} characters`
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[a-z-]+$/.test(name) || !/^[\x20-\x7E]*$/.test(value)) return `the header ${name} is malformed`
  }
  if (status === 405 && !("allow" in headers)) return "a 405 does not say what it allows"
  if (status === 401 && !("www-authenticate" in headers)) return "a 401 has no challenge"
  if (status >= 300 && status < 400) return redirectProblem(headers.location)
  if (status === 404 || status === 204) return body === "" ? undefined : "a 204 or 404 has a body"
  if (body === "") return status === 200 ? undefined : errorless(headers)
  const type = headers["content-type"] ?? "none"
  if (type.startsWith("text/html")) return pageProblem(body, headers)
  return type === "application/json" || type === "application/jwk-set+json"
    ? jsonProblem(status, body, headers)
    : `the content type is ${type}`
}

// A HEAD has the headers of what it is not sent. RFC 6750 §3.1: who shows no token is told of no error.
const errorless = (headers: Wire.Answer["headers"]) =>
  "content-length" in headers || /^Bearer(?!.*error)/.test(headers["www-authenticate"] ?? "")
    ? undefined
    : "an error says nothing"

const redirectProblem = (location = "") =>
  URL.canParse(location) ? undefined : `the location is ${location}`

const pageProblem = (body: string, headers: Wire.Answer["headers"]) => {
  if (!body.startsWith("<!doctype html>")) return "the page has no doctype"
  if (!(headers["content-security-policy"] ?? "").includes("default-src 'none'"))
    return "the page has no policy"
  const scripts = body.match(/<script/gi) ?? []
  if (scripts.length > (body.includes("One more step") ? 1 : 0)) return "the page has a script"
  return headers["cache-control"] === "no-store" ? undefined : "the page may be kept"
}

// RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E
const told = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/

const jsonProblem = (status: number, body: string, headers: Wire.Answer["headers"]) => {
  const value: unknown = JSON.parse(body)
  if (typeof value !== "object" || value === null) return "the body is no JSON object"
  if (status === 200) return undefined
  if (headers["cache-control"] !== "no-store") return "the error may be kept"
  if (!("error" in value) || typeof value.error !== "string" || !told.test(value.error))
    return "there is no error"
  return "error_description" in value && told.test(String(value.error_description))
    ? undefined
    : "there is no error_description, or it has a character that it may not have"
}

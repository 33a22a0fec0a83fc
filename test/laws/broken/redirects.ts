import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { House } from "../support/House.ts"
import { overClients } from "./Over.ts"

/** Sends every error to wherever the request says, as so many servers once did. */
export const openRedirector: House = {
  handler: (handler) => ({
    ...handler,
    handle: (request) => {
      const answer = handler.handle(request)
      const target = new URLSearchParams(request.query).get("redirect_uri")
      if (answer === undefined || target === null) return answer
      return Effect.map(answer, (response) =>
        response.status === 400
          ? { ...response, status: 302, headers: { location: `${target}?error=invalid_request` } }
          : response
      )
    }
  })
}

/** Forgives a slash at the end. */
export const forgivesASlash = overClients((store) => ({
  find: (id) =>
    Effect.map(
      store.find(id),
      Option.map((client) => ({
        ...client,
        redirectUris: [...client.redirectUris, ...client.redirectUris.map((uri) => `${uri}/`)]
      }))
    )
}))

/** Goes by the registration that it saw when the person came. */
export const remembersRegistrations = (): House => {
  const seen = new Map<string, ReadonlyArray<string>>()
  return overClients((store) => ({
    find: (id) =>
      Effect.map(
        store.find(id),
        Option.map((client) => {
          const known = seen.get(id) ?? []
          const redirectUris = Array.from(new Set([...client.redirectUris, ...known]))
          seen.set(id, redirectUris)
          return { ...client, redirectUris }
        })
      )
  }))
}

/** Takes every client for a native application. */
export const knowsNoWebApplications = overClients((store) => ({
  find: (id) =>
    Effect.map(
      store.find(id),
      Option.map((client) => ({ ...client, applicationType: "native" as const }))
    )
}))

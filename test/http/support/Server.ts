/**
 * Servers in the process of a test, told apart by their options, with a source
 * of randomness and an audit log that the test can rely on.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { AuditLog, AuthorizationServer, type Client, type ServerConfig, Storage } from "effect-oauth"
import { InteractionPages, OAuthHandler } from "effect-oauth/http"
import * as TestServer from "../../support/TestServer.ts"
import * as Web from "./Web.ts"

export type Options = Partial<ServerConfig.Options>

export const silent = Layer.succeed(AuditLog.AuditLog, { record: () => Effect.void })

/** An audit log that keeps what it is told. */
export const recording = (events: Array<AuditLog.AuditEvent>) =>
  Layer.succeed(AuditLog.AuditLog, {
    record: (event) =>
      Effect.sync(() => {
        events.push(event)
      })
  })

/** All but the stores and the people. */
export const handler = (options: Options = {}) =>
  OAuthHandler.layer.pipe(
    Layer.provideMerge(InteractionPages.layer),
    Layer.provideMerge(AuthorizationServer.layer({ ...TestServer.options, ...options }))
  )

export const layer = (
  options: Options = {},
  clients: ReadonlyArray<Client.Client> = TestServer.clients,
  auditLog: Layer.Layer<never> = silent
) =>
  handler(options).pipe(
    Layer.provideMerge(TestServer.People),
    Layer.provideMerge(Storage.layerMemoryWith({ clients })),
    Layer.provideMerge(auditLog)
  )

export const send = Web.toFetchHandler(TestServer.issuer)

export const basic = (id: keyof typeof TestServer.secrets) => ({
  authorization: TestServer.basic(id, TestServer.secrets[id])
})

/** The members of a JSON body. */
export const json = (answer: Web.Answer): Record<string, unknown> => JSON.parse(answer.body)

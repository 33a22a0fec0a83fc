/** The server of Node's `http` module, which leaves as politely as it can. */
import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { HttpServerError } from "effect/http"
import { SettingError } from "./SettingError.ts"
import type { Settings } from "./Settings.ts"

/**
 * Listens. In the end it takes no more connections and answers what is in flight; whoever is not done after
 * five seconds is cut off.
 */
export const layer = ({ host, port }: Settings) =>
  NodeHttpServer.layerServer(makeServer, { host, port, gracefulShutdownTimeout: "5 seconds" })

// Once it closes, a connection goes with its last answer, and does not idle.
const makeServer = () => {
  const server = createServer()
  return server.on("request", (_, response) => {
    response.once("close", () => {
      if (!server.listening) server.closeIdleConnections()
    })
  })
}

/** Why it cannot listen. */
export const refused = ({ cause }: HttpServerError.ServeError): SettingError =>
  new SettingError({
    setting: isAboutPort(cause) ? "PORT" : "HOST",
    problem: `cannot listen: ${cause instanceof Error ? cause.message : cause}`
  })

const isAboutPort = (cause: unknown) =>
  cause instanceof Error && "code" in cause && (cause.code === "EADDRINUSE" || cause.code === "EACCES")

import type { Server } from "node:http"

/**
 * Node's. Whoever imports it gets the module's WebSocket too, and with it undici: 11 MB, and 33 ms of CPU at the
 * start. What only requires `node:http` does not, as Effect's own server.
 */
export const { createServer } = process.getBuiltinModule("node:http")

/** Listens on a free port of the loopback interface. */
export const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return portOf(server)
}

export const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the server does not listen")
  return address.port
}

/** The databases that have to be running already; where one is not, what needs it is left out. */
import { connect } from "node:net"

export const servers = {
  postgres: process.env.BENCH_POSTGRES ?? "postgres://postgres@127.0.0.1:5432",
  redis: process.env.BENCH_REDIS ?? "redis://127.0.0.1:6379"
}

export const isRunning = (server: keyof typeof servers): Promise<boolean> => {
  const { hostname, port } = new URL(servers[server])
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
    socket.once("error", () => resolve(false))
  })
}

/**
 * The process that makes the load: raw sockets, kept alive, one request at a time on each. Written to use little
 * CPU, so that the server is what is measured. It takes one job after the other over IPC.
 */
import { connect, type Socket } from "node:net"
import { type Job, type Order, type Outcome, withForm } from "./harness/Load.ts"

interface Source {
  /** The next request of a connection; `undefined` if there is none. */
  readonly next: (connection: number) => string | undefined
  readonly answered: (connection: number, body: string) => void
  readonly used: () => number
  readonly tokens: ReadonlyArray<string>
}

const source = ({ work }: Job): Source => {
  let sent = 0
  switch (work.kind) {
    case "fixed":
      return {
        next: () => work.requests[sent++ % work.requests.length],
        answered: () => {},
        used: () => 0,
        tokens: []
      }
    case "once":
      return {
        next: () => {
          const value = work.values[sent]
          if (value === undefined) return undefined
          sent++
          return withForm(work.head, work.form + value)
        },
        answered: () => {},
        used: () => sent,
        tokens: []
      }
    case "chain": {
      const tokens = Array.from(work.tokens)
      return {
        next: (connection) => withForm(work.head, work.form + tokens[connection]),
        answered: (connection, body) => {
          const token = /"refresh_token": ?"([^"]+)"/.exec(body)?.[1]
          if (token !== undefined) tokens[connection] = encodeURIComponent(token)
        },
        used: () => 0,
        tokens
      }
    }
  }
}

const run = async (job: Job, sockets: ReadonlyArray<Socket>): Promise<Outcome> => {
  const { answered, next, tokens, used } = source(job)
  const latencies: Array<number> = []
  let errors = 0
  let firstError: string | undefined
  const began = performance.now()
  const end = began + job.seconds * 1000

  const converse = (socket: Socket, connection: number) =>
    new Promise<void>((resolve) => {
      let sentAt = 0
      let pending: Buffer | undefined
      const send = () => {
        const now = performance.now()
        const request = now < end ? next(connection) : undefined
        if (request === undefined) return resolve()
        sentAt = now
        socket.write(request, "latin1")
      }
      const fail = (reason: string) => {
        errors++
        firstError ??= reason
        socket.destroy()
        resolve()
      }
      socket.on("data", (chunk: Buffer) => {
        const bytes = pending === undefined ? chunk : Buffer.concat([pending, chunk])
        const response = parse(bytes)
        if (response === undefined) {
          pending = bytes
          return
        }
        pending = undefined
        latencies.push(performance.now() - sentAt)
        if (response.status === job.status) {
          answered(connection, response.body)
        } else {
          errors++
          firstError ??= `${response.status} ${response.body}`
        }
        send()
      })
      socket.on("error", (error) => fail(error.message))
      socket.on("end", () => fail("the server closed the connection"))
      send()
    })

  await Promise.all(sockets.map(converse))
  latencies.sort((a, b) => a - b)
  const percentile = (share: number) => latencies[Math.floor(latencies.length * share)] ?? Number.NaN
  return {
    requests: latencies.length,
    seconds: (performance.now() - began) / 1000,
    p50: percentile(0.5),
    p99: percentile(0.99),
    errors,
    firstError,
    used: used(),
    tokens
  }
}

const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true })
    socket.once("connect", () => {
      socket.off("error", reject)
      resolve(socket)
    })
    socket.once("error", reject)
  })

interface Response {
  readonly status: number
  readonly body: string
}

/** The response, once all of it is there. */
const parse = (bytes: Buffer): Response | undefined => {
  const headEnd = bytes.indexOf("\r\n\r\n")
  if (headEnd === -1) return undefined
  const head = bytes.toString("latin1", 0, headEnd)
  const status = Number(head.slice(9, 12))
  const bodyStart = headEnd + 4
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length !== undefined) {
    const bodyEnd = bodyStart + Number(length)
    return bytes.length < bodyEnd ? undefined : { status, body: bytes.toString("latin1", bodyStart, bodyEnd) }
  }
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const text = bytes.toString("latin1", bodyStart)
    // Its chunks may stay as they are: nobody reads more than a token out of it, and no server here splits one.
    return text.endsWith("0\r\n\r\n") ? { status, body: text } : undefined
  }
  return { status, body: "" }
}

let prepared: { readonly job: Job; readonly sockets: ReadonlyArray<Socket> } | undefined

const obey = async (order: Order): Promise<Outcome | undefined> => {
  switch (order.order) {
    case "connect": {
      const { job } = order
      const sockets = await Promise.all(Array.from({ length: job.connections }, () => open(job.port)))
      prepared = { job, sockets }
      return undefined
    }
    case "run":
      return prepared && run(prepared.job, prepared.sockets)
    case "disconnect":
      for (const socket of prepared?.sockets ?? []) socket.destroy()
      prepared = undefined
      return undefined
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) })
  )
})
process.on("disconnect", () => process.exit())
process.send?.({ answer: undefined })

import { EventEmitter } from "node:events"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Body from "../../src/http/Body.ts"
import { maximumBodySize } from "../../src/http/HttpMessage.ts"

const bytes = (...lengths: ReadonlyArray<number>) =>
  lengths.map((length, index) => new Uint8Array(length).fill(index + 1))

const received = (chunks: ReadonlyArray<Uint8Array>) => {
  const body = new Body.Received()
  return { room: chunks.map((chunk) => body.add(chunk)), body: body.body }
}

describe("a body", () => {
  it.effect("is its chunks in their order", () =>
    Effect.gen(function* () {
      const { body, room } = received(bytes(1, 0, 3, 2))
      assert.deepStrictEqual(Array.from(yield* body), [1, 3, 3, 3, 4, 4])
      assert.deepStrictEqual(room, [true, true, true, true])
    })
  )

  it.effect("of one chunk is that chunk", () =>
    Effect.gen(function* () {
      const [chunk = new Uint8Array()] = bytes(5)
      assert.strictEqual(yield* received([chunk]).body, chunk)
    })
  )

  it.effect("may be empty", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* received([]).body).length, 0)
    })
  )

  it.effect("may be as large as the maximum, and not larger", () =>
    Effect.gen(function* () {
      const whole = received(bytes(maximumBodySize - 1, 1))
      assert.deepStrictEqual(whole.room, [true, true])
      assert.strictEqual((yield* whole.body).length, maximumBodySize)
      const more = received(bytes(maximumBodySize, 1, 1))
      assert.deepStrictEqual(more.room, [true, false, false])
      assert.strictEqual(yield* Effect.flip(more.body), Body.tooLarge)
    })
  )
})

describe("receiving from a request of Node's", () => {
  const receive = (send: (emitter: EventEmitter) => void) => {
    const bodies: Array<Body.Body> = []
    const emitter = new EventEmitter()
    Body.receive(emitter, (body) => bodies.push(body))
    send(emitter)
    return bodies
  }

  it.effect("waits for its end", () =>
    Effect.gen(function* () {
      const chunks = bytes(2, 1)
      assert.deepStrictEqual(
        receive((emitter) => chunks.forEach((chunk) => emitter.emit("data", chunk))),
        []
      )
      const [body = Effect.never, ...others] = receive((emitter) => {
        for (const chunk of chunks) emitter.emit("data", chunk)
        emitter.emit("end")
      })
      assert.deepStrictEqual(Array.from(yield* body), [1, 1, 2])
      assert.deepStrictEqual(others, [])
    })
  )

  it.effect("ends with its connection", () =>
    Effect.gen(function* () {
      const [body = Effect.never] = receive((emitter) => emitter.emit("error", new Error("ECONNRESET")))
      assert.strictEqual(yield* Effect.flip(body), Body.unreadable)
    })
  )
})

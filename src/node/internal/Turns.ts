/**
 * Answering by turns of the event loop: what arrives in one turn is answered
 * together, first all programs and then all answers, so that the code of each is
 * still in the processor's caches when the next one needs it. Between two programs
 * there would be Node's HTTP and the operating system otherwise, and a program that
 * starts cold takes twice its time. A request that is alone waits for nothing.
 *
 * @internal
 */
import * as Effect from "effect/Effect"

/**
 * Takes a program and what is to be done with its answer.
 *
 * @internal
 */
export type Turns<A> = (program: Effect.Effect<A>, deliver: (answer: A) => void) => void

/**
 * Turns whose programs are run by `run`. What is delivered may not throw.
 *
 * @internal
 */
export const make = <A>(run: (program: Effect.Effect<void>) => unknown): Turns<A> => {
  interface Arrival {
    readonly program: Effect.Effect<A>
    readonly deliver: (answer: A) => void
  }
  interface Answer {
    readonly answer: A
    readonly deliver: (answer: A) => void
  }
  let arrivals: Array<Arrival> = []
  let answers: Array<Answer> = []
  let isDue = false

  const makeDue = (): void => {
    if (isDue) return
    isDue = true
    setImmediate(turn)
  }

  const turn = (): void => {
    const programs = arrivals
    arrivals = []
    for (const { deliver, program } of programs) {
      run(
        Effect.map(program, (answer) => {
          answers.push({ answer, deliver })
          // One that had to wait, for a database or a promise, ends outside of any turn.
          makeDue()
        })
      )
    }
    const ready = answers
    answers = []
    isDue = false
    for (const { answer, deliver } of ready) deliver(answer)
    if (arrivals.length > 0) makeDue()
  }

  return (program, deliver) => {
    arrivals.push({ program, deliver })
    makeDue()
  }
}

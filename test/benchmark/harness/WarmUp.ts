/** Lets V8 finish: it compiles what is hot several times over, the last time after tens of thousands of requests. */
import type { WorkloadId } from "../Workloads.ts"
import type { Subject } from "./Subject.ts"

/** In seconds. */
const turn = 0.5
const shortest = 8
const longest = 14
/** So many turns, the last ones, have to bring nothing. */
const still = 4
/** What a turn may be cheaper by without it having brought anything. */
const noise = 0.03

/**
 * Sends requests until they have become as cheap as they will: until the best of the last two seconds is not better
 * than the best of those before. Whatever else the machine does makes a turn dearer, never cheaper, so the best ones
 * tell. Seven seconds are the end of it.
 */
export const warmUp = async (subject: Subject, workload: WorkloadId): Promise<void> => {
  if (workload === "code") await serveOthersFirst(subject)
  const costs: Array<number> = []
  while (costs.length < shortest || (costs.length < longest && !hasSettled(costs))) {
    costs.push((await subject.measure(workload, turn)).cpu)
  }
}

/**
 * Codes are made by thousands, which no server does before its first request. Where it was the first thing that a process
 * did, V8 took it now and then that fibers live long, and put the stack of each among what is old for the rest of its
 * days: a request was kept by its fiber's, dead as it was, until the next full collection, and cost half as much again.
 */
const serveOthersFirst = async (subject: Subject): Promise<void> => {
  for (let time = 0; time < still; time++) await subject.measure("client-credentials", turn)
}

const hasSettled = (costs: ReadonlyArray<number>): boolean =>
  Math.min(...costs.slice(-still)) > Math.min(...costs.slice(0, -still)) * (1 - noise)

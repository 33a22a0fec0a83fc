import type { Target } from "../Targets.ts"
import type { Workload } from "../Workloads.ts"

export interface Options {
  readonly workloads: ReadonlyArray<Workload>
  readonly targets: ReadonlyArray<Target>
  readonly rounds: number
  /** Of one round of one target. */
  readonly seconds: number
  readonly requests: number
  readonly minutes: number
  /** Only whether it works: nothing is warmed up. */
  readonly quick: boolean
}

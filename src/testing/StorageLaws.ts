/**
 * The storage contract as a kit that a store must pass: laws, races, a
 * comparison with a reference model, faults, and sweeping. It runs against any
 * Layer of the stores, and in any test runner: `effect-oauth/testing/vitest` has
 * a suite in one line; {@link check} gives a report.
 *
 * The store may hold other rows, of earlier runs for instance: every law makes
 * names of its own. But sweeping spares nobody. The laws play in the years 2065
 * and 2096, and whatever expires before is gone afterwards: never check a store
 * that holds what somebody needs. And let nobody else check the same store at
 * the same time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ClientStore } from "../storage/ClientStore.ts"
import type { FlowStore } from "../storage/FlowStore.ts"
import type { GrantStore } from "../storage/GrantStore.ts"
import type { KeyStore } from "../storage/KeyStore.ts"
import type { SessionStore } from "../storage/SessionStore.ts"
import type { Storage } from "../storage/Storage.ts"
import * as Faults from "./storage/faults/scenarios.ts"
import type { Law, LawViolation } from "./storage/Law.ts"
import { clientLaws } from "./storage/laws/clients.ts"
import { flowLaws } from "./storage/laws/flows.ts"
import { graceLaws } from "./storage/laws/grace.ts"
import { grantLaws } from "./storage/laws/grants.ts"
import { keyLaws } from "./storage/laws/keys.ts"
import { redemptionLaws } from "./storage/laws/redemption.ts"
import { revocationLaws } from "./storage/laws/revocation.ts"
import { rotationLaws } from "./storage/laws/rotation.ts"
import { sessionLaws } from "./storage/laws/sessions.ts"
import * as Models from "./storage/model/laws.ts"
import { type Checked, type Failed, failure, type Report } from "./storage/Report.ts"
import { grantRaces } from "./storage/races/grants.ts"
import { clientRaces, flowRaces, keyRaces, sessionRaces } from "./storage/races/others.ts"
import { type Options, Settings } from "./storage/Settings.ts"
import { grantSweeping } from "./storage/sweeping/grants.ts"
import { flowSweeping, keySweeping, sessionSweeping } from "./storage/sweeping/others.ts"
import { rotationSweeping } from "./storage/sweeping/rotations.ts"

export type { Fault, FaultInjection } from "./storage/Faults.ts"
export { type Group, type Law, LawViolation, type Need, type StoreName } from "./storage/Law.ts"
export { type Checked, type Failed, format, type Report } from "./storage/Report.ts"
export type { Options } from "./storage/Settings.ts"

/**
 * @category laws
 * @since 0.1.0
 */
export const clientStoreLaws: ReadonlyArray<Law<ClientStore>> = [
  ...clientLaws,
  ...clientRaces,
  ...Models.clientModelLaws,
  ...Faults.clientFaults
]

/**
 * @category laws
 * @since 0.1.0
 */
export const grantStoreLaws: ReadonlyArray<Law<GrantStore>> = [
  ...grantLaws,
  ...redemptionLaws,
  ...rotationLaws,
  ...graceLaws,
  ...revocationLaws,
  ...grantRaces,
  ...Models.grantModelLaws,
  ...Faults.grantFaults,
  ...grantSweeping,
  ...rotationSweeping
]

/**
 * @category laws
 * @since 0.1.0
 */
export const flowStoreLaws: ReadonlyArray<Law<FlowStore>> = [
  ...flowLaws,
  ...flowRaces,
  ...Models.flowModelLaws,
  ...Faults.flowFaults,
  ...flowSweeping
]

/**
 * @category laws
 * @since 0.1.0
 */
export const sessionStoreLaws: ReadonlyArray<Law<SessionStore>> = [
  ...sessionLaws,
  ...sessionRaces,
  ...Models.sessionModelLaws,
  ...Faults.sessionFaults,
  ...sessionSweeping
]

/**
 * @category laws
 * @since 0.1.0
 */
export const keyStoreLaws: ReadonlyArray<Law<KeyStore>> = [
  ...keyLaws,
  ...keyRaces,
  ...Models.keyModelLaws,
  ...Faults.keyFaults,
  ...keySweeping
]

/**
 * The laws of all five stores.
 *
 * @category laws
 * @since 0.1.0
 */
export const all: ReadonlyArray<Law<Storage>> = [
  ...clientStoreLaws,
  ...grantStoreLaws,
  ...flowStoreLaws,
  ...sessionStoreLaws,
  ...keyStoreLaws
]

/**
 * Checks one law: fails with `LawViolation` if the store breaks it. Whether what
 * it needs is there is for the caller to see, with {@link isSkipped}.
 *
 * @category programs
 * @since 0.1.0
 */
export const checkLaw = <R, R2 = never>(
  law: Law<R>,
  options: Options<R2> = {}
): Effect.Effect<void, LawViolation, R | R2> =>
  Effect.gen(function* () {
    const context = yield* Effect.context<R2>()
    const { countRows, ...rest } = options
    const settings =
      countRows === undefined ? rest : { ...rest, countRows: Effect.provideContext(countRows, context) }
    yield* Effect.provideService(law.run, Settings, settings)
  })

/**
 * Whether a law is to be skipped: for want of the option that it needs, or since
 * `only` names another.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSkipped = <R, R2>({ name, needs }: Law<R>, { only, ...options }: Options<R2>): boolean =>
  (only !== undefined && only !== name) || (needs !== undefined && options[needs] === undefined)

/**
 * Checks laws, and reports; it does not fail.
 *
 * @example
 * ```ts
 * import { ClientStore } from "effect-oauth"
 * import { StorageLaws } from "effect-oauth/testing"
 * import { Console, Effect, type Layer } from "effect"
 *
 * declare const MyClients: Layer.Layer<ClientStore.ClientStore>
 *
 * const program = StorageLaws.checkLaws(StorageLaws.clientStoreLaws, { runs: 1000 }).pipe(
 *   Effect.flatMap((report) => Console.log(StorageLaws.format(report))),
 *   Effect.provide(MyClients)
 * )
 * ```
 *
 * @category programs
 * @since 0.1.0
 */
export const checkLaws = <R, R2 = never>(
  laws: ReadonlyArray<Law<R>>,
  options: CheckOptions<R2> = {}
): Effect.Effect<Report, never, R | R2> =>
  Effect.gen(function* () {
    const { concurrency = 1, only } = options
    const chosen = laws.filter(({ name }) => only === undefined || only === name)
    // A report on nothing would read like a good one.
    if (chosen.length === 0) return yield* Effect.die(new TypeError(`There is no law "${only}" among these`))
    const wanted = chosen.filter((law) => !isSkipped(law, options))
    const passed: Array<Checked> = []
    const failed: Array<Failed> = []
    const checkOne = (law: Law<R>) => {
      const { group, name, store } = law
      const checked = { law: name, store, group }
      return Effect.match(checkLaw(law, options), {
        onFailure: (violation) => failed.push(failure(checked, violation)),
        onSuccess: () => passed.push(checked)
      })
    }
    yield* Effect.forEach(
      wanted.filter((law) => !sweeps(law)),
      checkOne,
      { concurrency, discard: true }
    )
    yield* Effect.forEach(wanted.filter(sweeps), checkOne, { discard: true })
    const skipped = chosen.flatMap(({ group, name, needs, store }) =>
      needs === undefined || options[needs] !== undefined ? [] : [{ law: name, store, group, needs }]
    )
    return { passed, failed, skipped }
  })

/** Those that sweep play in the same era: one at a time. */
const sweeps = <R>({ group }: Law<R>): boolean => group === "sweeping" || group === "model"

/**
 * @category options
 * @since 0.1.0
 */
export interface CheckOptions<out R = never> extends Options<R> {
  /**
   * How many laws to check at the same time. Those that sweep always come one
   * by one.
   *
   * @default 1
   */
  readonly concurrency?: number
}

/**
 * Checks the laws of all five stores, and reports; it does not fail.
 *
 * @example
 * ```ts
 * import { Storage } from "effect-oauth"
 * import { StorageLaws } from "effect-oauth/testing"
 * import { Console, Effect } from "effect"
 *
 * const program = StorageLaws.check().pipe(
 *   Effect.flatMap((report) => Console.log(StorageLaws.format(report))),
 *   Effect.provide(Storage.layerMemory)
 * )
 * ```
 *
 * @category programs
 * @since 0.1.0
 */
export const check = <R = never>(options: CheckOptions<R> = {}): Effect.Effect<Report, never, Storage | R> =>
  checkLaws(all, options)

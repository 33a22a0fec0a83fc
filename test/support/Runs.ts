/** Over how many random sequences each model law compares a store with its model: a few here, 1,000 in CI. */
import { env } from "node:process"
import { StorageLaws } from "effect-oauth/testing"

export const runs = Number(env.LAW_RUNS ?? 50)

/** The laws that want so many runs. */
export const modelLaws = StorageLaws.all.filter(({ group }) => group === "model")

/** And those that do not. */
export const otherLaws = StorageLaws.all.filter(({ group }) => group !== "model")

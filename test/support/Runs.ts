/** How many random sequences a storage law is held against: a few here, 1,000 in CI. */
import { env } from "node:process"

export const runs = Number(env.LAW_RUNS ?? 50)

/** The same examples in every run of a property: a mutant that died is to stay dead. */
import * as Arbitrary from "effect/Arbitrary"

Arbitrary.configureGlobal({ check: { seed: "mutation" } })

/** Writes `docs/conformance.md`: `npm run ledger`. */
import { writeFileSync } from "node:fs"
import { render } from "./Render.ts"
import { page, readCoverage, readSpecifications } from "./Repository.ts"

writeFileSync(page, render(await readSpecifications(), readCoverage()))

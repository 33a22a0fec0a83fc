/** What can be wrong with the ledger. */
import type { Covers } from "./Coverage.ts"
import { enforcedBy, fullId, levelOf, needsTest, type Requirement, type Specification } from "./Ledger.ts"

/** In words; nothing if there is nothing wrong. */
export const problems = (
  specifications: ReadonlyArray<Specification>,
  coverage: ReadonlyArray<Covers>,
  isPlace: (place: string) => boolean
): Array<string> => {
  const found: Array<string> = []
  const known = new Map<string, Requirement>()
  const tested = new Set(coverage.filter(({ conditional }) => !conditional).flatMap(({ ids }) => ids))

  for (const specification of specifications) {
    for (const requirement of specification.requirements) {
      const id = fullId(specification, requirement)
      if (known.has(id)) found.push(`${id} is there twice`)
      known.set(id, requirement)
      if (!isId(requirement.id)) found.push(`${id} is no section with a letter`)
      if (levelOf(requirement) === undefined) found.push(`${id} quotes no MUST, SHOULD or the like`)
      for (const place of enforcedBy(requirement)) {
        if (!isPlace(place)) found.push(`${id} is enforced by ${place}, which is not there`)
      }
      if (!needsTest(requirement)) continue
      if (enforcedBy(requirement).length === 0) found.push(`${id} is met, and nothing enforces it`)
      if (!tested.has(id)) found.push(`${id} is met, and no test that always runs covers it`)
    }
  }

  for (const { file, ids, line, title } of coverage) {
    const where = `${file}:${line}`
    if (title === undefined) found.push(`${where} is above no test`)
    for (const id of ids) {
      const requirement = known.get(id)
      if (requirement === undefined) found.push(`${where} covers ${id}, which there is not`)
      else if (!needsTest(requirement))
        found.push(`${where} covers ${id}, which the ledger does not call met`)
    }
  }
  return found
}

const isId = (text: string) => /^(?:\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)-[a-z]{1,2}$/.test(text)

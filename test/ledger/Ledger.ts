/**
 * The ledger: what the specifications demand of an authorization server, each
 * demand as a value. What it is enforced by and how it stands is said here; the
 * tests that fail without it say so themselves (see `Coverage.ts`).
 *
 * A specification is one file in `specifications/`. `docs/conformance.md` is
 * written from all of them with `npm run ledger`.
 */

export interface Specification {
  /** What its ids begin with: `rfc6749`. */
  readonly key: string
  /** What people call it: `RFC 6749`. */
  readonly name: string
  readonly title: string
  /** Where to read it; an anchor leads to each section. */
  readonly url: string
  /** What is before a section's number in the page's anchors. Default: `section-`, as the RFC Editor has it. */
  readonly sectionAnchor?: string
  readonly requirements: ReadonlyArray<Requirement>
}

export interface Requirement {
  /** The section, and a letter for the place in it: `4.1.2-a`. */
  readonly id: string
  /** In the words of the specification, with one of its key words. */
  readonly quote: string
  readonly standing: Standing
}

/** How a requirement stands. */
export type Standing =
  /** It holds, always. */
  | { readonly _tag: "met"; readonly enforcedBy: ReadonlyArray<string>; readonly note?: string | undefined }
  /** It holds unless somebody chooses otherwise, by name. */
  | {
      readonly _tag: "relaxed"
      readonly enforcedBy: ReadonlyArray<string>
      readonly option: string
      readonly note?: string | undefined
    }
  /** No library can do it: whoever runs the server has to. */
  | { readonly _tag: "operator"; readonly duty: string }
  /** There is nothing here that it could apply to. */
  | { readonly _tag: "notApplicable"; readonly why: string }
  /** It is demanded of somebody else. */
  | { readonly _tag: "ofOthers"; readonly who: string }
  /** It does not hold. */
  | { readonly _tag: "unmet"; readonly why: string }

type Places = string | ReadonlyArray<string>

const list = (places: Places) => (typeof places === "string" ? [places] : places)

/** Places are `file#name`, below `src/`; the name may be left out. */
export const met = (places: Places, note?: string): Standing => ({
  _tag: "met",
  enforcedBy: list(places),
  note
})

export const relaxed = (option: string, places: Places, note?: string): Standing => ({
  _tag: "relaxed",
  enforcedBy: list(places),
  option,
  note
})

export const operator = (duty: string): Standing => ({ _tag: "operator", duty })

export const notApplicable = (why: string): Standing => ({ _tag: "notApplicable", why })

export const unmet = (why: string): Standing => ({ _tag: "unmet", why })

export const client: Standing = { _tag: "ofOthers", who: "the client" }

export const resourceServer: Standing = { _tag: "ofOthers", who: "the resource server" }

export const extension: Standing = { _tag: "ofOthers", who: "whoever writes or registers an extension" }

export const row = (id: string, quote: string, standing: Standing): Requirement => ({ id, quote, standing })

/** The key words of RFC 2119 that this ledger is about. */
const keyWord = /\b(?:MUST NOT|MUST|REQUIRED|SHALL NOT|SHALL|SHOULD NOT|SHOULD|NOT RECOMMENDED|RECOMMENDED)\b/

export const levelOf = ({ quote }: Requirement): string | undefined => keyWord.exec(quote)?.[0]

export const sectionOf = ({ id }: Requirement): string => id.replace(/-[a-z]+$/, "")

export const fullId = (specification: Specification, { id }: Requirement): string =>
  `${specification.key}-${id}`

export const enforcedBy = ({ standing }: Requirement): ReadonlyArray<string> =>
  "enforcedBy" in standing ? standing.enforcedBy : []

/** Whether a requirement has to have a test. */
export const needsTest = ({ standing }: Requirement): boolean =>
  standing._tag === "met" || standing._tag === "relaxed"

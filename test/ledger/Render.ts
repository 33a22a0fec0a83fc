/** The ledger as a page: `docs/conformance.md`. */
import type { Covers } from "./Coverage.ts"
import {
  enforcedBy,
  fullId,
  levelOf,
  type Requirement,
  type Specification,
  type Standing,
  sectionOf
} from "./Ledger.ts"

export const render = (
  specifications: ReadonlyArray<Specification>,
  coverage: ReadonlyArray<Covers>
): string => {
  const all = specifications.flatMap(({ requirements }) => requirements)
  const open = specifications.flatMap((specification) =>
    specification.requirements
      .filter(({ standing }) => standing._tag === "unmet")
      .map((requirement) => ({ specification, requirement }))
  )
  const testsOf = (id: string) => coverage.filter(({ ids }) => ids.includes(id))
  return `${[
    "<!-- Written by `npm run ledger` from test/ledger. Do not edit. -->",
    "# Conformance",
    "What the specifications demand of an authorization server: every MUST, REQUIRED, SHALL, SHOULD and " +
      "RECOMMENDED, and their opposites, by section. Each line says where the demand is enforced, and which tests " +
      "fail without that. The demands are data in [test/ledger](../test/ledger); a test says in a comment which of " +
      "them it covers (`// @covers rfc6749-4.1.2-a`); this page is written from both, and the suite fails when it " +
      "is out of date, when a demand that is met has no test, or when what enforces it has gone.",
    standings(all),
    summary(specifications),
    "## What is not met",
    open.length === 0
      ? "Nothing."
      : open
          .map(
            ({ requirement, specification }) =>
              `- [${specification.name} §${sectionOf(requirement)}](${sectionUrl(specification, requirement)}) ` +
              `*${emphasize(requirement)}*: ${say(requirement.standing)}`
          )
          .join("\n"),
    ...specifications.flatMap((specification) => section(specification, testsOf))
  ].join("\n\n")}\n`
}

const standings = (all: ReadonlyArray<Requirement>) =>
  [
    "| status | meaning | lines |",
    "| --- | --- | --- |",
    ...(
      [
        ["met", "met", "always"],
        ["relaxed", "met, relaxed by …", "by default; the option that is named lets it go"],
        ["operator", "operator", "nothing that a library can do; whoever runs the server has to"],
        ["notApplicable", "not applicable", "there is nothing here that it could apply to"],
        ["unmet", "not met", "listed below"],
        ["ofOthers", "of others", "a demand on the client, the resource server or an extension"]
      ] as const
    ).map(([tag, name, meaning]) => `| ${name} | ${meaning} | ${count(all, tag)} |`)
  ].join("\n")

const summary = (specifications: ReadonlyArray<Specification>) =>
  [
    "| | | met | relaxed | operator | not applicable | not met |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...specifications.map(
      ({ name, requirements, title }) =>
        `| [${name}](#${anchor(name, title)}) | ${title} | ${(
          ["met", "relaxed", "operator", "notApplicable", "unmet"] as const
        )
          .map((tag) => count(requirements, tag))
          .join(" | ")} |`
    )
  ].join("\n")

const section = (
  specification: Specification,
  testsOf: (id: string) => ReadonlyArray<Covers>
): ReadonlyArray<string> => {
  const ours = specification.requirements.filter(({ standing }) => standing._tag !== "ofOthers")
  const others = specification.requirements.filter(({ standing }) => standing._tag === "ofOthers")
  return [
    `## ${specification.name}: ${specification.title}`,
    [
      "| | demand | status | enforced by | tests |",
      "| --- | --- | --- | --- | --- |",
      ...ours.map(
        (requirement) =>
          `| ${number(specification, requirement)} | ${emphasize(requirement)} | ${say(requirement.standing)} | ` +
          `${enforcedBy(requirement).map(place).join("<br>")} | ` +
          `${testsOf(fullId(specification, requirement)).map(testLink).join("<br>")} |`
      )
    ].join("\n"),
    ...(others.length === 0
      ? []
      : [
          `<details><summary>${others.length} demands on others</summary>`,
          [
            "| | demand | on |",
            "| --- | --- | --- |",
            ...others.map(
              (requirement) =>
                `| ${number(specification, requirement)} | ${emphasize(requirement)} | ${say(requirement.standing)} |`
            )
          ].join("\n"),
          "</details>"
        ])
  ]
}

const count = (requirements: ReadonlyArray<Requirement>, tag: Standing["_tag"]) =>
  requirements.filter(({ standing }) => standing._tag === tag).length

const say = (standing: Standing): string => {
  switch (standing._tag) {
    case "met":
      return standing.note === undefined ? "met" : `met: ${cell(standing.note)}`
    case "relaxed":
      return `met, relaxed by ${cell(standing.option)}${standing.note === undefined ? "" : `: ${cell(standing.note)}`}`
    case "operator":
      return `operator: ${cell(standing.duty)}`
    case "notApplicable":
      return `not applicable: ${cell(standing.why)}`
    case "ofOthers":
      return standing.who
    case "unmet":
      return `not met: ${cell(standing.why)}`
  }
}

const number = (specification: Specification, requirement: Requirement) =>
  `<a id="${fullId(specification, requirement)}"></a>[${requirement.id}](${sectionUrl(specification, requirement)})`

const sectionUrl = ({ sectionAnchor = "section-", url }: Specification, requirement: Requirement) => {
  const name = sectionOf(requirement)
  return `${url}#${/^\d/.test(name) ? sectionAnchor : "appendix-"}${name}`
}

const emphasize = (requirement: Requirement) => {
  const level = levelOf(requirement) ?? ""
  return cell(requirement.quote).replace(level, `**${level}**`)
}

const place = (text: string) => {
  const [file = "", name] = text.split("#")
  return `[${name ?? file}](../src/${file})`
}

const testLink = ({ file, title }: Covers) => `[${cell(title ?? "")}](../${file})`

const cell = (text: string) =>
  text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("[", "\\[").replaceAll("]", "\\]")

const anchor = (name: string, title: string) =>
  `${name}: ${title}`
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-")

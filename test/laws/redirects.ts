import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ClientStore, Parameters } from "effect-oauth"
import { Arbitraries, Browser, Flows, type Wire } from "effect-oauth/testing"
import { parametersOf, responseTypesOf } from "./support/History.ts"
import { open, people, showWorld, type World, worlds } from "./support/House.ts"
import { Broken, law } from "./support/Law.ts"

/** What somebody might send instead of a registered URI. */
const tricks: ReadonlyArray<(registered: string) => string> = [
  (registered) => registered,
  (registered) => `${registered}/`,
  (registered) => `${registered}.evil.example`,
  (registered) => `${registered}@evil.example`,
  (registered) => `${registered}?a=b`,
  (registered) => `${registered}#evil`,
  (registered) => `${registered}/../evil`,
  (registered) => `${registered}%2F..%2Fevil`,
  (registered) => `${registered}\r\nlocation: https://evil.example`,
  (registered) => registered.toUpperCase(),
  (registered) => registered.replace("https:", "http:"),
  (registered) => registered.replace("https:", ""),
  (registered) => registered.replace("//", "//evil.example\\@"),
  (registered) => registered.replace("//", "//evil.example/"),
  (registered) => registered.replace("//", "//user:password@"),
  (registered) => registered.replace(/^(https?:\/\/[^/:]+|http:\/\/\[::1\])(:\d+)?/, "$1:4321"),
  (registered) => registered.replace(/^(https?:\/\/[^/:]+|http:\/\/\[::1\])(:\d+)?/, "$1:99999"),
  (registered) => registered.replace("127.0.0.1", "127.0.0.2"),
  (registered) => registered.replace("localhost", "localhost.evil.example"),
  (registered) => registered.slice(0, -1),
  (registered) => ` ${registered}`,
  (registered) => `https://evil.example/?${registered}`,
  () => "https://evil.example/callback",
  () => "//evil.example",
  () => "javascript:alert(1)",
  () => "data:text/html,evil",
  () => ""
]

/** URIs that no one may register; somebody wrote them into the store all the same. */
const dangerous = ["javascript:alert(1)", "data:text/html,evil", "http://evil.example/callback"]

const Visit = Schema.Struct({
  method: Schema.Literals(["GET", "POST"]),
  /** Half of the time, none. */
  uri: Schema.Union([
    Schema.Literal(0),
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: tricks.length - 1 }))
  ]),
  registered: Schema.Literals([0, 0, 0, 1, 2, 3]),
  password: Schema.Literals(["right", "right", "right", "wrong"]),
  decision: Schema.Literals(["approve", "approve", "approve", "deny", "neither"]),
  /** The client registers other URIs while the person thinks. */
  moves: Schema.Literals([false, false, false, true]),
  /** Of those that the client and the server have. */
  responseType: Schema.Literals([0, 0, 1, 1, 2, 3, 4, 5, 6]),
  /** Of the client, whatever its URIs are. */
  applicationType: Schema.Literals(["web", "native"])
})

const given = Arbitrary.flatMap(worlds, (world) =>
  Arbitrary.all({
    world: Arbitrary.Constant(world),
    visit: Arbitrary.schema(Visit),
    /** What else may be wrong with the request. */
    request: Arbitraries.nearlyValidAuthorizationRequest(world.clients[0], world),
    mistaken: Arbitrary.schema(Schema.Literals([false, false, true])),
    good: Arbitraries.authorizationRequest(world.clients[0], { scopes: [] })
  })
)

export const redirects = law("a redirect only ever goes to a URI that the client registered", {
  given,
  show: ({ good, mistaken, request, visit, world }) => {
    const sent = mistaken ? request.request.parameters : Object.entries(good.parameters)
    return `${showWorld(world)}\n  ${JSON.stringify(visit)}\n  ${JSON.stringify(sent)}`
  },
  holds: ({ good, mistaken, request, visit, world: before }, house) => {
    const world = alsoDangerous(before, visit.applicationType)
    const [{ client }] = world.clients
    const types = responseTypesOf(world, world.clients[0])
    const responseType = parametersOf(types[visit.responseType % types.length] ?? "code")
    return Effect.gen(function* () {
      const trick = tricks[visit.uri] ?? ((registered) => registered)
      const uri = trick(client.redirectUris[visit.registered % client.redirectUris.length] ?? "")
      const parameters = mistaken
        ? request.request.parameters.map(
            ([name, value]) =>
              [name, name === "redirect_uri" && value === good.parameters[name] ? uri : value] as const
          )
        : Object.entries({ ...good.parameters, ...responseType, redirect_uri: uri }).map(
            ([name, value = ""]) => [name, value] as const
          )
      const text = Parameters.encode(parameters)

      const browser = new Browser.Browser()
      const first = yield* browser.send(
        visit.method === "GET"
          ? { path: "/authorize", query: text }
          : { ...Browser.post("/authorize", {}), body: text }
      )
      const { applicationType, redirectUris } = client
      yield* goesHome({ applicationType, redirectUris }, first)
      const { password, username } = people[0]
      const credentials = { username, password: visit.password === "right" ? password : "?" }
      const second = yield* submit(browser, first, credentials)
      yield* goesHome({ applicationType, redirectUris }, second)
      const moved = ["https://moved.example/callback"]
      if (visit.moves) {
        const store = yield* ClientStore.ClientStore
        yield* Effect.orDie(store.put({ ...client, redirectUris: moved }))
      }
      const third = yield* submit(browser, second, { decision: visit.decision })
      if (third !== second)
        yield* goesHome({ applicationType, redirectUris: visit.moves ? moved : redirectUris }, third)
    }).pipe(Effect.provide(open(world, house)))
  }
})

/** Only forms of ours. */
const submit = (browser: Browser.Browser, page: Wire.Answer, fields: Readonly<Record<string, string>>) =>
  Browser.formOf(page)?.action.startsWith("/") === true ? browser.submit(page, fields) : Effect.succeed(page)

const alsoDangerous = (world: World, applicationType: "web" | "native"): World => {
  const [{ client, secret }, second, third] = world.clients
  return {
    ...world,
    clients: [
      {
        client: {
          ...client,
          applicationType,
          grantTypes: [...client.grantTypes, "implicit"],
          responseTypes: Array.from(new Set(["code", "id_token", ...client.responseTypes])),
          redirectUris: [...client.redirectUris, ...dangerous]
        },
        secret
      },
      second,
      third
    ]
  }
}

const goesHome = (
  {
    applicationType,
    redirectUris
  }: {
    readonly applicationType: "web" | "native" | undefined
    readonly redirectUris: ReadonlyArray<string>
  },
  answer: Wire.Answer
) => {
  const redirect = Flows.redirectOf(answer)
  const target = answer.headers.location ?? redirect?.uri
  if (target === undefined) return Effect.void
  if (!redirectUris.some((uri) => leadsTo(uri, target))) {
    return Effect.fail(new Broken({ problem: `a ${answer.status} goes to ${target}` }))
  }
  // OpenID Connect Core §3.2.2.1, Dynamic Client Registration §2
  const { code, id_token } = redirect?.parameters ?? {}
  const forWebOnly = id_token !== undefined && code === undefined && applicationType === "web"
  return forWebOnly && (!target.startsWith("https:") || target.startsWith("https://localhost"))
    ? Effect.fail(new Broken({ problem: `an ID token of a web application goes to ${target}` }))
    : Effect.void
}

// Written without a look at how the server compares. RFC 8252 §7.3: the port of a loopback IP literal is free.
const leadsTo = (registered: string, target: string): boolean => {
  if (dangerous.includes(registered)) return false
  const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(?=[:/?])/.exec(registered)?.[0]
  const strip = (uri: string) =>
    loopback !== undefined && uri.startsWith(loopback)
      ? loopback + uri.slice(loopback.length).replace(/^:\d+/, "")
      : uri
  const [from, to] = [strip(registered), strip(target)]
  return to.startsWith(from) && /^(?:$|[?&#])/.test(to.slice(from.length))
}

import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { ClientStore, Parameters } from "effect-oauth"
import { Arbitraries, Browser, Flows, type Wire } from "effect-oauth/testing"
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
  uri: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: tricks.length - 1 })),
  registered: Schema.Literals([0, 0, 0, 1, 2, 3]),
  password: Schema.Literals(["right", "right", "right", "wrong"]),
  decision: Schema.Literals(["approve", "deny", "neither"]),
  /** The client registers other URIs while the person thinks. */
  moves: Schema.Literals([false, false, false, true])
})

const given = Arbitrary.flatMap(worlds, (world) =>
  Arbitrary.all({
    world: Arbitrary.Constant(world),
    visit: Arbitrary.schema(Visit),
    /** What else may be wrong with the request. */
    request: Arbitraries.nearlyValidAuthorizationRequest(world.clients[0], world),
    mistaken: Arbitrary.schema(Schema.Boolean),
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
    const world = alsoDangerous(before)
    const [{ client }] = world.clients
    return Effect.gen(function* () {
      const trick = tricks[visit.uri] ?? ((registered) => registered)
      const uri = trick(client.redirectUris[visit.registered % client.redirectUris.length] ?? "")
      const parameters = mistaken
        ? request.request.parameters.map(
            ([name, value]) =>
              [name, name === "redirect_uri" && value === good.parameters[name] ? uri : value] as const
          )
        : Object.entries({ ...good.parameters, redirect_uri: uri })
      const text = Parameters.encode(parameters)

      const browser = new Browser.Browser()
      const first = yield* browser.send(
        visit.method === "GET"
          ? { path: "/authorize", query: text }
          : { ...Browser.post("/authorize", {}), body: text }
      )
      yield* goesHome(client.redirectUris, first)
      const { password, username } = people[0]
      const credentials = { username, password: visit.password === "right" ? password : "?" }
      const second = yield* submit(browser, first, credentials)
      yield* goesHome(client.redirectUris, second)
      const moved = ["https://moved.example/callback"]
      if (visit.moves) {
        const store = yield* ClientStore.ClientStore
        yield* Effect.orDie(store.put({ ...client, redirectUris: moved }))
      }
      const third = yield* submit(browser, second, { decision: visit.decision })
      if (third !== second) yield* goesHome(visit.moves ? moved : client.redirectUris, third)
    }).pipe(Effect.provide(open(world, house)))
  }
})

/** Only forms of ours. */
const submit = (browser: Browser.Browser, page: Wire.Answer, fields: Readonly<Record<string, string>>) =>
  Browser.formOf(page)?.action.startsWith("/") === true ? browser.submit(page, fields) : Effect.succeed(page)

const alsoDangerous = (world: World): World => {
  const [{ client, secret }, second, third] = world.clients
  return {
    ...world,
    clients: [
      { client: { ...client, redirectUris: [...client.redirectUris, ...dangerous] }, secret },
      second,
      third
    ]
  }
}

const goesHome = (registered: ReadonlyArray<string>, answer: Wire.Answer) => {
  const target = answer.headers.location ?? Flows.redirectOf(answer)?.uri
  if (target === undefined || registered.some((uri) => leadsTo(uri, target))) return Effect.void
  return Effect.fail(new Broken({ problem: `a ${answer.status} goes to ${target}` }))
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

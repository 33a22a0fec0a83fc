/** A target whose server is running, and what it was given to be asked with. */
import { basic, client, pkce, scope, wrongSecret } from "../facts.ts"
import type { Answers, Question } from "../serve.ts"
import type { Target } from "../Targets.ts"
import type { Tokens, WorkloadId } from "../Workloads.ts"
import { Child, compiled } from "./Child.ts"
import { head, type Job, type Outcome, type Work, withForm } from "./Load.ts"

const connections = 64
const introspectedTokens = 256

export interface Sample {
  /** Microseconds of the server's CPU per request. */
  readonly cpu: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly requests: number
}

/** The process that makes the load. */
export class Load {
  readonly #child: Child
  private constructor(child: Child) {
    this.#child = child
  }

  static async start(): Promise<Load> {
    const [child] = await Child.start({ name: "load", core: 0, args: [compiled("load.js")] })
    return new Load(child)
  }

  /** Runs a job, and does something before and after it while the connections are open and nothing is sent. */
  async run<A>(
    job: Job,
    meanwhile: () => Promise<A>
  ): Promise<readonly [outcome: Outcome, before: A, after: A]> {
    await this.#child.ask({ order: "connect", job })
    const before = await meanwhile()
    const outcome = await this.#child.ask({ order: "run" })
    const after = await meanwhile()
    await this.#child.ask({ order: "disconnect" })
    return [outcome as Outcome, before, after]
  }

  stop(): Promise<void> {
    return this.#child.stop()
  }
}

export class Subject {
  readonly target: Target
  readonly port: number
  readonly #child: Child
  readonly #load: Load
  #fixed = new Map<WorkloadId, ReadonlyArray<string>>()
  #codes: ReadonlyArray<string> = []
  #chains: ReadonlyArray<string> = []
  #perSecond = 2000

  private constructor(target: Target, child: Child, port: number, load: Load) {
    this.target = target
    this.port = port
    this.#child = child
    this.#load = load
  }

  static async start(target: Target, load: Load, tokens: Tokens = "opaque"): Promise<Subject> {
    const [child, port] = await Child.start({
      name: target.id,
      core: 1,
      args: [compiled("serve.js"), compiled(target.module), target.storage, tokens]
    })
    return new Subject(target, child, Number(port), load)
  }

  async ask<Q extends Question["ask"]>(ask: Q, details: object = {}): Promise<Answers[Q]> {
    return (await this.#child.ask({ ask, ...details })) as Answers[Q]
  }

  stop(): Promise<void> {
    return this.#child.stop()
  }

  /** Makes what requests of one kind will use up, so that it is not made later. */
  async prepare(workload: WorkloadId, seconds: number): Promise<void> {
    await this.#work(workload, seconds)
  }

  /** Sweeps the store, if the server can, and forgets all that was in it. */
  async sweep(): Promise<boolean> {
    const swept = await this.ask("sweep")
    if (swept) {
      this.#fixed = new Map()
      this.#codes = []
      this.#chains = []
    }
    return swept
  }

  /** Sends requests of one kind for so many seconds, and says what they cost. */
  async measure(workload: WorkloadId, seconds: number): Promise<Sample> {
    const work = await this.#work(workload, seconds)
    // What had to be made for it is moved among what is old here, and not in what is measured. To collect all garbage
    // would be too much: V8 throws away compiled code with it.
    if (work.kind === "once") await this.ask("age")
    const job: Job = { port: this.port, connections, seconds, status: this.#status(workload), work }
    const [outcome, before, after] = await this.#load.run(job, () => this.ask("usage"))
    if (outcome.errors > 0 || outcome.requests === 0) {
      throw new Error(
        `${this.target.id}, ${workload}: ${outcome.errors} errors, such as ${outcome.firstError}`
      )
    }
    if (job.work.kind === "once") this.#codes = this.#codes.slice(outcome.used)
    if (job.work.kind === "chain") this.#chains = outcome.tokens
    this.#perSecond = outcome.requests / outcome.seconds
    return {
      cpu: (after - before) / outcome.requests,
      perSecond: this.#perSecond,
      p50: outcome.p50,
      p99: outcome.p99,
      requests: outcome.requests
    }
  }

  #status(workload: WorkloadId): number {
    return this.target.statuses?.[workload] ?? 200
  }

  async #work(workload: WorkloadId, seconds: number): Promise<Work> {
    if (workload === "code") {
      const wanted = Math.ceil(this.#perSecond * seconds * 1.5) + 500
      const missing = wanted - this.#codes.length
      if (missing > 0) {
        this.#codes = [...this.#codes, ...(await this.ask("codes", { count: missing }))]
      }
      return { kind: "once", head: this.#tokenHead(client.secret), form: codeForm, values: this.#codes }
    }
    if (workload === "refresh") {
      if (this.#chains.length === 0) this.#chains = await this.#redeem(connections)
      return { kind: "chain", head: this.#tokenHead(client.secret), form: refreshForm, tokens: this.#chains }
    }
    const requests = this.#fixed.get(workload) ?? (await this.#requests(workload))
    this.#fixed.set(workload, requests)
    return { kind: "fixed", requests }
  }

  async #requests(workload: WorkloadId): Promise<ReadonlyArray<string>> {
    switch (workload) {
      case "client-credentials":
        return [withForm(this.#tokenHead(client.secret), clientCredentialsForm)]
      case "client-credentials-jwt":
        return [withForm(this.#tokenHead(client.secret), await this.#formForJwt())]
      case "wrong-secret":
        return [withForm(this.#tokenHead(wrongSecret), clientCredentialsForm)]
      case "introspection":
        return this.#introspections()
      case "authorize":
        return [await this.#authorization()]
      default:
        throw new Error(`the requests of ${workload} are not all the same`)
    }
  }

  /** Makes sure that what comes back is what is measured. */
  async #formForJwt(): Promise<string> {
    const { resource } = this.target
    const form =
      resource === undefined
        ? clientCredentialsForm
        : `${clientCredentialsForm}&resource=${encodeURIComponent(resource)}`
    const { access_token = "" } = await this.post(form)
    const { alg } = JSON.parse(Buffer.from(access_token.split(".")[0] ?? "", "base64url").toString() || "{}")
    if (alg !== "ES256") throw new Error(`${this.target.id}: an access token is no JWT signed with ES256`)
    return form
  }

  async #introspections(): Promise<ReadonlyArray<string>> {
    const start = head("POST", this.target.paths.introspect ?? "", { authorization: basic(client.secret) })
    const requests: Array<string> = []
    while (requests.length < introspectedTokens) {
      const { access_token } = await this.post(clientCredentialsForm)
      requests.push(withForm(start, `token=${encodeURIComponent(access_token ?? "")}`))
    }
    const { active } = await this.#post(
      this.target.paths.introspect ?? "",
      `token=${requests[0]?.split("token=")[1]}`
    )
    if (active !== true) throw new Error(`${this.target.id}: a token that it has issued is not active`)
    return requests
  }

  async #authorization(): Promise<string> {
    const cookie = await this.ask("sign-in")
    const query = new URLSearchParams({
      response_type: "code",
      client_id: client.id,
      redirect_uri: client.redirectUri,
      scope,
      state: "af0ifjsldkj",
      code_challenge: pkce.challenge,
      code_challenge_method: "S256"
    })
    return `${head("GET", `${this.target.paths.authorize}?${query}`, { cookie, accept: "text/html" })}\r\n`
  }

  async #redeem(count: number): Promise<ReadonlyArray<string>> {
    const codes = await this.ask("codes", { count })
    const tokens: Array<string> = []
    for (const code of codes) {
      const { refresh_token } = await this.post(codeForm + code)
      if (refresh_token === undefined) throw new Error(`${this.target.id} issues no refresh token`)
      tokens.push(encodeURIComponent(refresh_token))
    }
    return tokens
  }

  /** A request to the token endpoint, apart from the measurement. */
  post(form: string): Promise<Record<string, string | undefined>> {
    return this.#post(this.target.paths.token, form) as Promise<Record<string, string | undefined>>
  }

  async #post(path: string, form: string): Promise<Record<string, unknown>> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: "POST",
      headers: {
        authorization: basic(client.secret),
        "content-type": "application/x-www-form-urlencoded"
      },
      body: form
    })
    const body = await response.text()
    if (!response.ok) throw new Error(`${this.target.id}: ${response.status} ${body}`)
    return JSON.parse(body)
  }

  #tokenHead(secret: string): string {
    return head("POST", this.target.paths.token, { authorization: basic(secret) })
  }
}

export const clientCredentialsForm = `grant_type=client_credentials&scope=${scope}`
const refreshForm = "grant_type=refresh_token&refresh_token="
const codeForm = `grant_type=authorization_code&redirect_uri=${encodeURIComponent(client.redirectUri)}&code_verifier=${pkce.verifier}&code=`

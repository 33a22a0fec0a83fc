/**
 * The services that a request is answered with: a server's own, and behind them
 * those that the request came with. Nothing is copied for it, since a request asks
 * for less than there is.
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"

export type Services = ReadonlyMap<string, unknown>

/** A server's services, as they are where one of its Layers is built. */
export class CapturedServices {
  readonly all: Services
  /** Those that nothing replaces. */
  readonly own: Services

  constructor(all: Services) {
    this.all = all
    this.own = new Map(Array.from(all).filter(([key]) => !ofLayers.has(key)))
  }

  /** Whether others have all of these. */
  isWithin(others: Services): boolean {
    return Array.from(this.all).every(
      ([key, service]) => others.has(key) && (ofLayers.has(key) || others.get(key) === service)
    )
  }
}

// Each Layer is built in a Scope of its own, some with a memo of their own. Those of
// a server's Layers go together, so that a request may have any of them.
const ofLayers: ReadonlySet<string> = new Set([Scope.Scope.key, Layer.CurrentMemoMap.key])

export class ComplementedServices<in R> implements Services {
  readonly captured: CapturedServices
  /** What the request came in. */
  readonly current: Context.Context<never>
  /** The context that has these services. */
  readonly context: Context.Context<R> = Context.makeUnsafe(this)

  constructor(captured: CapturedServices, current: Context.Context<never>) {
    this.captured = captured
    this.current = current
  }

  get(key: string): unknown {
    const service = this.captured.own.get(key)
    if (service !== undefined || this.captured.own.has(key)) return service
    // For `complementOf`, and listed nowhere.
    if (key === Complement.key) return this
    const brought = Context.getOrElse(this.current, keyOf(key), nothing)
    return brought === absent ? this.captured.all.get(key) : brought
  }

  has(key: string): boolean {
    return (
      this.captured.own.has(key) ||
      Context.getOrElse(this.current, keyOf(key), nothing) !== absent ||
      this.captured.all.has(key)
    )
  }

  /** All of them, for who wants no particular one. */
  toMap(): Map<string, unknown> {
    return new Map([...this.captured.all, ...this.current.mapUnsafe, ...this.captured.own])
  }

  get size(): number {
    return this.toMap().size
  }

  forEach(each: (service: unknown, key: string, services: Services) => void): void {
    for (const [key, service] of this) each(service, key, this)
  }

  entries(): MapIterator<[string, unknown]> {
    return this.toMap().entries()
  }

  keys(): MapIterator<string> {
    return this.toMap().keys()
  }

  values(): MapIterator<unknown> {
    return this.toMap().values()
  }

  [Symbol.iterator](): MapIterator<[string, unknown]> {
    return this.entries()
  }
}

/** What a context was made of, if it is one of these and nothing was added to it since. */
export const complementOf = (context: Context.Context<never>): ComplementedServices<never> | undefined => {
  const services = Context.getOrUndefined(context, Complement)
  return services?.context === context ? services : undefined
}

class Complement extends Context.Service<Complement, ComplementedServices<never>>()(
  "effect-oauth/services/ComplementedServices"
) {}

const absent = Symbol()
const nothing = () => absent

// A context is asked by keys. There are as many as an application has services.
const keys = new Map<string, Context.Key<unknown, unknown>>()

const keyOf = (key: string): Context.Key<unknown, unknown> => {
  const known = keys.get(key)
  if (known !== undefined) return known
  const made = Context.Service<unknown>(key)
  keys.set(key, made)
  return made
}

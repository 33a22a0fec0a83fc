/** What this benchmark uses of oidc-provider, which ships no types. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http"

  interface Stored {
    save(ttl?: number): Promise<string>
  }

  interface Client {
    readonly clientId: string
    grantTypeAllowed(grantType: string): boolean
  }

  interface Grant extends Stored {
    addOIDCScope(scope: string): void
  }

  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    readonly Client: { find(id: string): Promise<Client | undefined> }
    readonly Grant: new (payload: {
      readonly accountId: string
      readonly clientId: string
    }) => Grant
    readonly AuthorizationCode: new (
      payload: Readonly<Record<string, unknown>>
    ) => Stored
  }
}

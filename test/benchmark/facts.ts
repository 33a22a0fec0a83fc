/** What every server under test is told, and every request says. */

/** A confidential client that may do everything; its secret has the entropy that a generated one has. */
export const client = {
  id: "bench",
  secret: "hQ3kz0mV7dQm1Yw8s5rUe2oXc9tLb4nPj6gFa1iKxZv",
  redirectUri: "https://client.example/callback"
}

export const wrongSecret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

export const scope = "read"
/** What comes with a refresh token where the server wants to be asked for one. */
export const offlineScope = "offline_access"

export const person = { subject: "u-1", username: "ada", password: "lovelace-1815" }

/** RFC 7636, Appendix B. */
export const pkce = {
  verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
  challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
}

/** The API that an access token is for. */
export const resource = "https://api.example"

export const basic = (secret: string): string =>
  `Basic ${Buffer.from(`${client.id}:${secret}`).toString("base64")}`

import { client, met, notApplicable, operator, relaxed, row, type Specification } from "../Ledger.ts"

const require = met("protocol/Pkce.ts#requireCodeChallenge")
const verify = met("protocol/Pkce.ts#verifyCodeVerifier")
const s256Only = relaxed("`pkce.methods: [Pkce.plain]`", [
  "services/ServerConfig.ts#make",
  "protocol/Pkce.ts#requireCodeChallenge"
])

const rfc7636: Specification = {
  key: "rfc7636",
  name: "RFC 7636",
  title: "Proof Key for Code Exchange",
  url: "https://www.rfc-editor.org/rfc/rfc7636",
  requirements: [
    row(
      "4.1-a",
      "The code verifier SHOULD have enough entropy to make it impractical to guess the value.",
      client
    ),
    row(
      "4.1-b",
      "It is RECOMMENDED that the output of a suitable random number generator be used to create a 32-octet sequence.",
      client
    ),
    row(
      "4.2-a",
      'If the client is capable of using "S256", it MUST use "S256", as "S256" is Mandatory To Implement (MTI) on the server.',
      relaxed("`pkce.methods: [Pkce.plain]`", "protocol/Pkce.ts#verifyCodeVerifier", "the server has it")
    ),
    row("4.3-a", "code_challenge REQUIRED.", require),
    row(
      "4.4-a",
      'When the server issues the authorization code in the authorization response, it MUST associate the "code_challenge" and "code_challenge_method" values with the authorization code',
      met(["response-types/CodeResponseType.ts#code", "storage/GrantStore.ts#AuthorizationCode"])
    ),
    row(
      "4.4-b",
      'The server MUST NOT include the "code_challenge" value in client requests in a form that other entities can extract.',
      met("response-types/CodeResponseType.ts#code", "a code is random, and nothing else")
    ),
    row(
      "4.4.1-a",
      'If the server requires Proof Key for Code Exchange (PKCE) by OAuth public clients and the client does not send the "code_challenge" in the request, the authorization endpoint MUST return the authorization error response with the "error" value set to "invalid_request".',
      require
    ),
    row(
      "4.4.1-b",
      'The "error_description" or the response of "error_uri" SHOULD explain the nature of error, e.g., code challenge required.',
      require
    ),
    row(
      "4.4.1-c",
      'If the server supporting PKCE does not support the requested transformation, the authorization endpoint MUST return the authorization error response with "error" value set to "invalid_request".',
      require
    ),
    row(
      "4.4.1-d",
      'The "error_description" or the response of "error_uri" SHOULD explain the nature of error, e.g., transform algorithm not supported.',
      require
    ),
    row("4.5-a", "code_verifier REQUIRED.", verify),
    row(
      "4.5-b",
      'That is the method that the token endpoint MUST use to verify the "code_verifier".',
      verify
    ),
    row("4.6-a", "If the values are equal, the token endpoint MUST continue processing as normal", verify),
    row(
      "4.6-b",
      'If the values are not equal, an error response indicating "invalid_grant" … MUST be returned.',
      verify
    ),
    row(
      "5-a",
      "client implementations of this specification … SHOULD send the additional parameters … to all servers",
      client
    ),
    row("6.2.1-a", "it is RECOMMENDED that the name be short", client),
    row("7.1-a", 'The client SHOULD create a "code_verifier" with a minimum of 256 bits of entropy.', client),
    row("7.2-a", 'Clients MUST NOT downgrade to "plain" after trying the "S256" method.', client),
    row(
      "7.2-b",
      '"plain" SHOULD NOT be used and exists only for compatibility with deployed implementations',
      s256Only
    ),
    row("7.2-c", 'The "plain" method SHOULD NOT be used in new implementations', s256Only),
    row(
      "7.2-d",
      'The "S256" code challenge method or other cryptographically secure code challenge method extension SHOULD be used.',
      s256Only
    ),
    row(
      "7.2-e",
      'If the code challenge method is "plain" and the code challenge is to be returned inside authorization "code" to achieve a stateless server, it MUST be encrypted',
      notApplicable("a code has nothing in it")
    ),
    row(
      "7.4-a",
      "All the OAuth security analysis presented in [RFC6819] applies, so readers SHOULD carefully follow it.",
      operator("docs/security.md")
    )
  ]
}

export default rfc7636

/**
 * Authorization server metadata (RFC 8414 §2; RFC 9207 §3; RFC 9701 §7; OpenID
 * Connect Discovery §3).
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface ServerMetadata {
  readonly issuer: string
  readonly authorization_endpoint?: string
  readonly token_endpoint: string
  readonly jwks_uri?: string
  readonly scopes_supported: ReadonlyArray<string>
  readonly response_types_supported: ReadonlyArray<string>
  readonly response_modes_supported: ReadonlyArray<string>
  readonly grant_types_supported: ReadonlyArray<string>
  readonly token_endpoint_auth_methods_supported: ReadonlyArray<string>
  readonly revocation_endpoint: string
  readonly revocation_endpoint_auth_methods_supported: ReadonlyArray<string>
  readonly introspection_endpoint: string
  readonly introspection_endpoint_auth_methods_supported: ReadonlyArray<string>
  readonly introspection_signing_alg_values_supported?: ReadonlyArray<string>
  readonly code_challenge_methods_supported: ReadonlyArray<string>
  readonly authorization_response_iss_parameter_supported: boolean

  // OpenID Connect Discovery §3
  readonly userinfo_endpoint?: string
  readonly acr_values_supported?: ReadonlyArray<string>
  readonly subject_types_supported?: ReadonlyArray<string>
  readonly id_token_signing_alg_values_supported?: ReadonlyArray<string>
  readonly userinfo_signing_alg_values_supported?: ReadonlyArray<string>
  readonly display_values_supported?: ReadonlyArray<string>
  readonly claim_types_supported?: ReadonlyArray<string>
  readonly claims_supported?: ReadonlyArray<string>
  readonly claims_parameter_supported?: boolean
  readonly request_parameter_supported?: boolean
  readonly request_uri_parameter_supported?: boolean
  /** Initiating User Registration via OpenID Connect §4 */
  readonly prompt_values_supported?: ReadonlyArray<string>

  /** OpenID Connect RP-Initiated Logout §2.1 */
  readonly end_session_endpoint?: string
  // OpenID Connect Back-Channel Logout §2.1
  readonly backchannel_logout_supported?: boolean
  readonly backchannel_logout_session_supported?: boolean
}

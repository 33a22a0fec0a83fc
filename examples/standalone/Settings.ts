/** What the server is told by its environment. README.md has the table. */
import { Config, Duration, Effect, Schema, SchemaIssue } from "effect"
import type { ConfigurationError } from "effect-oauth"
import { SettingError } from "./SettingError.ts"

// 0 takes any port that is free.
const Port = Schema.NumberFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 0, maximum: 65535 }))

const environment = Config.all({
  port: Config.schema(Port, "PORT").pipe(Config.withDefault(9000)),
  host: Config.String("HOST").pipe(Config.withDefault("127.0.0.1")),
  issuer: Config.option(Config.String("ISSUER")),
  databaseUrl: Config.String("DATABASE_URL").pipe(Config.withDefault("sqlite:./.data/oauth.db")),
  redisUrl: Config.option(Config.String("REDIS_URL")),
  redisPrefix: Config.String("REDIS_PREFIX").pipe(Config.withDefault("oauth")),
  clientsFile: Config.option(Config.String("CLIENTS_FILE")),
  usersFile: Config.option(Config.String("USERS_FILE")),
  secret: Config.option(Config.Redacted("OAUTH_SECRET")),
  pairwiseSalt: Config.option(Config.Redacted("PAIRWISE_SALT")),
  requirePkce: Config.Literals(["all", "public"], "REQUIRE_PKCE").pipe(Config.withDefault("all")),
  lifetimes: Config.all({
    code: Config.Duration("CODE_TTL").pipe(Config.withDefault(Duration.seconds(60))),
    accessToken: Config.Duration("ACCESS_TOKEN_TTL").pipe(Config.withDefault(Duration.minutes(10))),
    refreshToken: Config.Duration("REFRESH_TOKEN_TTL").pipe(Config.withDefault(Duration.days(30)))
  }),
  refreshGrace: Config.Duration("REFRESH_GRACE").pipe(Config.withDefault(Duration.seconds(30))),
  allowHttp: Config.Boolean("ALLOW_HTTP").pipe(Config.withDefault(false))
})

export type Settings = Config.Success<typeof environment>

/** Reads the environment. Fails with the first setting that cannot be read. */
export const read: Effect.Effect<Settings, SettingError> = Effect.mapError(environment, ({ cause }) =>
  cause._tag === "SchemaError"
    ? new SettingError(firstProblem(cause))
    : new SettingError({ setting: "environment", problem: cause.message })
)

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

const firstProblem = (error: Schema.SchemaError) => {
  const [issue] = formatIssue(error.issue).issues
  return { setting: String(issue?.path?.[0]), problem: issue?.message ?? error.message }
}

// What the library checks, it calls by the names of its options.
const names: ReadonlyArray<readonly [option: string, setting: string]> = [
  ["issuer", "ISSUER"],
  ["allowHttp", "ALLOW_HTTP"],
  ["lifetimes.code", "CODE_TTL"],
  ["lifetimes.accessToken", "ACCESS_TOKEN_TTL"],
  ["lifetimes.refreshToken", "REFRESH_TOKEN_TTL"],
  ["refresh.grace", "REFRESH_GRACE"],
  ["secret", "OAUTH_SECRET"],
  ["pairwise.salt", "PAIRWISE_SALT"]
]

/** What the library does not accept, under the names of the settings. */
export const refused = (error: ConfigurationError): SettingError => {
  const [setting, problem] = [error.setting, error.description].map((text) =>
    names.reduce((text, [option, setting]) => text.replaceAll(option, setting), text)
  )
  return new SettingError({ setting: setting ?? "", problem: problem ?? "" })
}

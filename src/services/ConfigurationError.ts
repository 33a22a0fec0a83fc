/**
 * A setting that no server could run with. It fails the Layer that reads it, so
 * that a mistake shows at the start and not at the first request.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * @category errors
 * @since 0.1.0
 */
export class ConfigurationError extends Data.TaggedError("ConfigurationError")<{
  /** The name of the option, such as `"issuer"`. */
  readonly setting: string
  readonly description: string
}> {
  override get message(): string {
    return `${this.setting}: ${this.description}`
  }
}

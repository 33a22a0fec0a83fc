import { Data, Runtime } from "effect"

/** A setting that the server cannot start with. Its message is the one line that the operator reads. */
export class SettingError extends Data.TaggedError("SettingError")<{
  /** The environment variable. */
  readonly setting: string
  readonly problem: string
}> {
  override get message(): string {
    return `${this.setting}: ${this.problem}`.replaceAll(/\s+/g, " ")
  }

  // It is told by `main`, without a stack.
  override readonly [Runtime.errorReported] = false
}

/**
 * What extensions keep with a code or a grant, as JSON in a column.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { UnexpectedColumn } from "./Row.ts"

const decode = Schema.decodeOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.String)))

export const readExtensions = (column: string, json: string): Readonly<Record<string, string>> =>
  Option.getOrThrowWith(decode(json), () => new UnexpectedColumn({ column }))

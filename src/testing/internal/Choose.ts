/**
 * What `Arbitrary` leaves to its users: choosing.
 */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

/** From `minimum` to `maximum`, both included. */
export const integer = (minimum: number, maximum: number): Arbitrary.Arbitrary<number> =>
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })))

/** One of these, each as often; shrinks towards the first. */
export const choose = <A>(
  first: Arbitrary.Arbitrary<A>,
  ...others: ReadonlyArray<Arbitrary.Arbitrary<A>>
): Arbitrary.Arbitrary<A> =>
  Arbitrary.flatMap(integer(0, others.length), (index) => others[index - 1] ?? first)

/** So many times yes or no; shrinks towards yes. */
export const flags = (count: number): Arbitrary.Arbitrary<ReadonlyArray<boolean>> =>
  Arbitrary.map(Arbitrary.array(integer(0, 1), { minLength: count, maxLength: count }), (bits) =>
    bits.map((bit) => bit === 0)
  )

/** Text of this form. */
export const text = (form: RegExp): Arbitrary.Arbitrary<string> =>
  Arbitrary.schema(Schema.String.check(Schema.isPattern(form)))

/**
 * A function that remembers what it made last: for a value that is nearly always
 * the one it was before, such as the headers that most answers have in common.
 */
export const rememberLast = <A extends object, B>(make: (value: A) => B): ((value: A) => B) => {
  let last: { readonly value: A; readonly made: B } | undefined
  return (value) => {
    if (last?.value !== value) last = { value, made: make(value) }
    return last.made
  }
}

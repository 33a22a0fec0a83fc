/** Finding secrets where they should not be, however they are written. */

/** The ways in which a secret may be written. */
export const spellings = (secret: string): ReadonlyArray<string> => {
  const bytes = [
    Buffer.from(secret),
    ...(/^[\w-]{22,}$/.test(secret) ? [Buffer.from(secret, "base64url")] : [])
  ]
  return [secret, ...bytes.flatMap((bytes) => [hex(bytes), hex(bytes).toUpperCase(), ...base64(bytes)])]
}

const hex = (bytes: Buffer) => bytes.toString("hex")

/** Base64 of both alphabets, also as a part of something longer: what is the same whatever is around it. */
const base64 = (bytes: Buffer) =>
  [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor((padded.length * 8) / 6)
    return [padded.toString("base64").slice(from, to), padded.toString("base64url").slice(from, to)]
  })

/** Which secrets are where. */
export const find = (
  secrets: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, string>
): ReadonlyArray<string> =>
  Array.from(secrets).flatMap(([name, secret]) => {
    const spelt = spellings(secret)
    return Array.from(places).flatMap(([place, content]) =>
      spelt.some((text) => place.includes(text) || content.includes(text)) ? [`${name} in ${place}`] : []
    )
  })

/**
 * When a signing key is published, signs, and is forgotten. Times are
 * milliseconds since the epoch, lengths are milliseconds.
 *
 *     createdAt         activeAt                    retiresAt               expiresAt
 *        ├── published ──┼── signs ─────────────────────┼── published ────────┤
 *        └── lead ──────────┘                            └── lead + tokenLifetime + clockSkew
 *
 * A key that replaces another is published for as long as any JWK Set without it
 * may be in use: the list of another process, and then the cache of a relying
 * party. The other one signs until then, at most a `lead` longer than was planned
 * for it, and is published until the last token that it signed has expired.
 */
import type { SigningKey } from "../../storage/KeyStore.ts"

export interface Schedule {
  /** How long a key signs. */
  readonly rotateEvery: number
  /** How long relying parties may use a JWK Set that they have fetched. */
  readonly cacheFor: number
  /** How long what is signed is valid, at most. */
  readonly tokenLifetime: number
}

/** How old the list of keys in a process may get. */
export const refreshEvery = 60_000

/** By how much the clocks of the processes, and of relying parties, may differ. */
export const clockSkew = 60_000

/** How long before it signs a key has to be published. */
export const lead = ({ cacheFor }: Schedule): number => cacheFor + refreshEvery + clockSkew

/** Until when what a key signs can be verified for as long as it is valid. */
const signsUntil = ({ tokenLifetime }: Schedule, key: Times): number =>
  key.expiresAt - tokenLifetime - clockSkew

export type Times = Pick<SigningKey, "createdAt" | "activeAt" | "retiresAt" | "expiresAt">

/** Whether it is time to publish the key that comes after this one, the last of its algorithm. */
export const isDue = (schedule: Schedule, last: Times, now: number): boolean =>
  Math.min(last.retiresAt, signsUntil(schedule, last)) - lead(schedule) <= now

/**
 * The times of a key that comes after the last of its algorithm: it signs as
 * soon as it has been published for long enough, and no later.
 *
 * It signs at once if there is no other that could. Then nobody holds a JWK Set
 * either: whoever asked for one since the last key was to be replaced would have
 * made its successor.
 */
export const successor = (schedule: Schedule, last: Times | undefined, now: number): Times => {
  const createdAt = last === undefined ? now : Math.max(now, last.createdAt + 1)
  const published = createdAt + lead(schedule)
  const activeAt = last === undefined || published > signsUntil(schedule, last) ? createdAt : published
  const retiresAt = activeAt + schedule.rotateEvery
  return {
    createdAt,
    activeAt,
    retiresAt,
    expiresAt: retiresAt + lead(schedule) + schedule.tokenLifetime + clockSkew
  }
}

/** The key that signs now, of the keys of one algorithm in the order in which they were made. */
export const active = <Key extends Times>(
  schedule: Schedule,
  keys: ReadonlyArray<Key>,
  now: number
): Key | undefined => {
  const able = keys.filter((key) => now < signsUntil(schedule, key))
  // Where the clock of the process that made a key is ahead, its time may not have
  // come here, although there is no other that could sign.
  return able.findLast((key) => key.activeAt <= now) ?? able[0] ?? keys.at(-1)
}

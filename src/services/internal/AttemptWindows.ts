/**
 * Attempts by key, each key within a window that begins with its first attempt.
 *
 * All windows are as long as each other, so that they end in the order in which
 * they began, which is the order of the map.
 */

interface Window {
  attempts: number
  readonly endsAt: number
}

/** An attempt makes one entry at most: whoever takes more away catches up. */
const takenAway = 2

export interface Windows {
  /** Counts an attempt, up to one more than the limit. */
  (key: string, now: number, limit: number): Readonly<Window>
  /** How many keys there are. */
  readonly size: () => number
}

export const make = (length: number): Windows => {
  const windows = new Map<string, Window>()
  const forgetSome = (now: number) => {
    let left = takenAway
    for (const [key, { endsAt }] of windows) {
      if (endsAt > now || left-- === 0) return
      windows.delete(key)
    }
  }
  const count = (key: string, now: number, limit: number) => {
    forgetSome(now)
    let window = windows.get(key)
    if (window === undefined || window.endsAt <= now) {
      window = { attempts: 0, endsAt: now + length }
      windows.delete(key)
      windows.set(key, window)
    }
    window.attempts = Math.min(window.attempts + 1, limit + 1)
    return window
  }
  return Object.assign(count, { size: () => windows.size })
}

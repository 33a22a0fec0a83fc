/** Keeps the processor busy for so many of its own milliseconds, however busy others keep it. */
import { cpuUsage } from "node:process"

export const spin = (milliseconds: number): void => {
  const started = cpuUsage()
  for (;;) {
    const { system, user } = cpuUsage(started)
    if ((system + user) / 1000 >= milliseconds) return
  }
}

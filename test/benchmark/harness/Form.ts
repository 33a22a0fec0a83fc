/** For peers that leave the reading of forms to their users. */
import type { IncomingMessage } from "node:http"

export const readForm = async (request: IncomingMessage): Promise<Record<string, string>> => {
  let text = ""
  request.setEncoding("utf8")
  for await (const chunk of request) text += chunk
  return Object.fromEntries(new URLSearchParams(text))
}

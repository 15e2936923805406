import type { IncomingMessage, ServerResponse } from 'node:http'
import { discard } from './give-back.ts'
import { MIN_BYTES, PATIENCE_MS } from './room.ts'

/**
 * After an answer that came before the body was read: what still comes is thrown away for a while, or the sender would find the
 * connection broken before it has the answer. Whoever sends nothing meanwhile is hung up on.
 */
export function linger(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete !== false) return
  response.once('finish', () => {
    if (request.complete || request.socket.destroyed) return
    discard(request)
    let seen = request.socket.bytesRead
    const looking = setInterval(() => {
      if (request.socket.bytesRead - seen < MIN_BYTES) request.socket.destroy()
      seen = request.socket.bytesRead
    }, PATIENCE_MS).unref()
    request.once('close', () => clearInterval(looking))
  })
}

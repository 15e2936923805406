import { captureNode, type NodeRequest } from './node.ts'
import { type AdapterOptions, cookieFor, opprefOf, remember } from './remembered.ts'

export { type AdapterOptions, opprefOf }

/** The part of a Fastify reply that is used. */
export interface FastifyReply {
  /** Sets a header of the reply. */
  header(name: string, value: string): unknown
}

/**
 * A hook that captures the click reference of every request: `app.addHook('onRequest', opprefHook({ consent }))`, then
 * `opprefOf(request)?.oppref` in a handler.
 */
export function opprefHook<Incoming extends NodeRequest>(
  options: AdapterOptions<Incoming> = {},
): (request: Incoming, reply: FastifyReply) => Promise<void> {
  return async (request, reply) => {
    const captured = await captureNode(request, options)
    remember(request, captured)
    const cookie = cookieFor(captured, options)
    if (cookie !== undefined) reply.header('set-cookie', cookie)
  }
}

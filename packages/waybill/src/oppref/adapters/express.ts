import { captureNode, type NodeRequest } from './node.ts'
import { type AdapterOptions, cookieFor, opprefOf, remember } from './remembered.ts'

export { type AdapterOptions, opprefOf }

/** The part of an Express response that is used. */
export interface ExpressResponse {
  /** Adds a header to the response. */
  append(name: string, value: string): unknown
}

export type ExpressMiddleware<Incoming> = (
  request: Incoming,
  response: ExpressResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Middleware that captures the click reference of every request after it: `app.use(opprefMiddleware({ consent }))`, then
 * `opprefOf(request)?.oppref` in a handler. Put it after what the consent callback reads, such as a session.
 */
export function opprefMiddleware<Incoming extends NodeRequest>(
  options: AdapterOptions<Incoming> = {},
): ExpressMiddleware<Incoming> {
  return (request, response, next) => {
    captureNode(request, options).then((captured) => {
      remember(request, captured)
      const cookie = cookieFor(captured, options)
      if (cookie !== undefined) response.append('Set-Cookie', cookie)
      next()
    }, next)
  }
}

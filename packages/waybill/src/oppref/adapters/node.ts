import { type Captured, type CaptureOptions, captureVisit, consents } from '../capture.ts'
import type { Visit } from '../visit.ts'

/** The part of a Node request that is read. Those of Express and Fastify fit. */
export interface NodeRequest {
  readonly url?: string | undefined
  /** The target before a router shortened `url`. */
  readonly originalUrl?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket?: object | null | undefined
}

/** Like `captureOppref`, for a request of Node: the bytes of the request line, which no URL parser has touched. */
export async function captureNode<Incoming extends NodeRequest>(
  request: Incoming,
  options: CaptureOptions<Incoming> = {},
): Promise<Captured> {
  return captureVisit(nodeVisit(request), await consents(request, options), options)
}

function nodeVisit({ url, originalUrl, headers, socket }: NodeRequest): Visit {
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : value?.[0]
  }
  const isEncrypted = socket !== null && socket !== undefined && 'encrypted' in socket && socket.encrypted === true
  return {
    // A proxy's client may send the absolute form.
    target: (originalUrl ?? url ?? '/').replace(/^https?:\/\/[^/?#]*/i, ''),
    scheme: isEncrypted ? 'https' : 'http',
    host: header('host') ?? header(':authority'),
    header,
  }
}

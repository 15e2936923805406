/** The API as a witness of several relays: each has a key of its own, by which its requests are told apart. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Emulator } from '@waybill/emulator'

/** A request as the API saw it; times by one monotonic clock. */
export interface Seen {
  /** The relay's key: another one for each life. */
  readonly relay: string
  readonly pixel: string
  readonly begunMs: number
  /** Events that it was to store; none where it only validated. */
  readonly ids: readonly string[]
  /** When it was answered with 200; `undefined` where it was not. */
  answeredMs: number | undefined
}

export interface Witness {
  readonly url: string
  readonly seen: readonly Seen[]
  close(): Promise<void>
}

export async function startWitness(emulator: Emulator): Promise<Witness> {
  const seen: Seen[] = []
  const server = createServer((request, response) => void answer(emulator, seen, request, response))
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(
  emulator: Emulator,
  seen: Seen[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const begunMs = performance.now()
  try {
    const body = await text(request)
    const { method = 'POST', url = '/', headers } = request
    const { validate_only, events } = JSON.parse(body) as { validate_only: boolean; events: { id: string }[] }
    const entry: Seen = {
      relay: (headers.authorization ?? '').replace('Bearer ', ''),
      pixel: new URL(url, 'http://api').searchParams.get('pid') ?? '',
      begunMs,
      ids: validate_only ? [] : events.map(({ id }) => id),
      answeredMs: undefined,
    }
    seen.push(entry)
    const answered = await emulator.fetch(`http://api${url}`, {
      method,
      body,
      headers: { authorization: headers.authorization ?? '' },
    })
    response.writeHead(answered.status, Object.fromEntries(answered.headers))
    response.end(await answered.text())
    if (answered.status === 200) entry.answeredMs = performance.now()
  } catch {
    // A relay that died while it sent.
    request.socket.resetAndDestroy()
  }
}

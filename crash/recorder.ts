/** The API as a witness: it keeps what every request carried before it answers, and what the relay can know of the outcome. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Emulator } from '@waybill/emulator'

/** One request for real, not to validate. */
export interface Carried {
  /** Which life of the relay sent it. */
  readonly life: number
  readonly ids: readonly string[]
  /** Status of the answer; `undefined` while there is none, and where the connection broke. */
  status: number | undefined
}

export interface Recorder {
  readonly url: string
  readonly carried: readonly Carried[]
  /** Requests of any kind. */
  requests(): number
  /** Resolves with the next request of any kind. */
  nextRequest(): Promise<void>
  /** Events that left a second time with other content than before. */
  readonly altered: ReadonlySet<string>
  /** A new life of the relay begins. */
  beginLife(life: number): void
  close(): Promise<void>
}

export async function startRecorder(emulator: Emulator): Promise<Recorder> {
  const carried: Carried[] = []
  const contents = new Map<string, string>()
  const altered = new Set<string>()
  let life = 0
  let requests = 0
  let waiting: (() => void)[] = []

  const record = (body: string): Carried | undefined => {
    requests += 1
    for (const resolve of waiting.splice(0)) resolve()
    const { validate_only, events } = JSON.parse(body) as { validate_only: boolean; events: { id: string }[] }
    for (const event of events) {
      const content = JSON.stringify(event)
      if ((contents.get(event.id) ?? content) !== content) altered.add(event.id)
      contents.set(event.id, content)
    }
    if (validate_only) return undefined
    const entry = { life, ids: events.map(({ id }) => id), status: undefined }
    carried.push(entry)
    return entry
  }
  const server = createServer((request, response) => void answer(emulator, record, request, response))
  server.keepAliveTimeout = 120_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    carried,
    altered,
    requests: () => requests,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    beginLife(number) {
      life = number
      waiting = []
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(
  emulator: Emulator,
  record: (body: string) => Carried | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await text(request)
    const entry = record(body)
    const { method = 'GET', url = '/', headers } = request
    const authorization = headers.authorization ?? ''
    const answered = await emulator.fetch(`http://api${url}`, { method, body, headers: { authorization } })
    if (entry !== undefined) entry.status = answered.status
    response.writeHead(answered.status, Object.fromEntries(answered.headers))
    response.end(await answered.text())
  } catch {
    // A fault of the emulator's, or a relay that died while it sent.
    request.socket.resetAndDestroy()
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer } from './answer.ts'
import type { Call, Handle } from './call.ts'
import { wait } from './wait.ts'

export interface ListenOptions {
  /** Default 8788; 0 takes any that is free. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`. */
  readonly host?: string | undefined
}

/** A running server. `close` breaks open connections off, hanging ones included. */
export interface Listening {
  /** Without a slash at its end, such as `http://127.0.0.1:8788`. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

// Above any client's idle time, so that no kept connection closes just as a request is sent on it: only faults break connections.
const KEEP_ALIVE_MS = 120_000

/** Loaded when a port is asked for, and by a name that no bundler follows: in an edge runtime the emulator has `fetch` alone. */
async function nodeModules(): Promise<Pick<typeof import('node:http'), 'createServer'> & typeof import('node:events')> {
  const [http, events] = await Promise.all(
    ['node:http', 'node:events'].map((name) => import(/* webpackIgnore: true */ /* @vite-ignore */ name)),
  )
  return { ...events, createServer: http.createServer }
}

/** Serves the API over HTTP. Rejects where the port cannot be had. */
export async function listen(
  handle: Handle,
  { port = 8788, host = '127.0.0.1' }: ListenOptions = {},
): Promise<Listening> {
  const { createServer, once, setMaxListeners } = await nodeModules()
  const closing = new AbortController()
  setMaxListeners(0, closing.signal)
  const server = createServer((incoming, response) => void serve(handle, incoming, response, closing.signal))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.listen(port, host)
  await once(server, 'listening')
  const { port: bound } = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return {
    url: `http://${name}:${bound}`,
    port: bound,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      closing.abort()
      server.closeAllConnections()
      await closed
    },
  }
}

async function serve(
  handle: Handle,
  incoming: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  try {
    const { outcome, delayMs } = await handle(callOf(incoming))
    await wait(delayMs, closing)
    if (outcome.kind === 'answer') send(response, outcome.answer)
    if (outcome.kind === 'reset') incoming.socket.resetAndDestroy()
  } catch {
    incoming.socket.destroy()
  }
}

function callOf(incoming: IncomingMessage): Call {
  const { method = 'GET', url = '/', headers } = incoming
  return {
    method,
    url: url.startsWith('/') ? `http://emulator${url}` : url,
    headers: { get: (name) => headers[name]?.toString() ?? null, keys: () => Object.keys(headers) },
    arrayBuffer: () => bytesOf(incoming),
  }
}

async function bytesOf(incoming: IncomingMessage): Promise<ArrayBuffer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

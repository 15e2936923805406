import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as PlainServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createPost, systemRuntime } from 'waybill/client'
import type { Answer } from 'waybill/delivery'
import { bareFetch } from './bare-fetch.ts'

export const TAKEN = '{"accepted_events":1}'
/** Of what a client asks, by the platform's fetch and by ours: the driver must hear the same. */
export const FETCHES: readonly (readonly [name: string, fetch: typeof globalThis.fetch])[] = [
  ['the platform’s fetch', (...asked) => fetch(...asked)],
  ['bareFetch', bareFetch],
]

/** A server of HTTP, whose requests nobody reads unless the listener does. */
export const http = (listener: RequestListener): Server => createServer(listener)

/** A server that hears a piece of a request, and does with the connection what it is told to. */
export const tcp = (onData: (socket: Socket) => void, onConnection: (socket: Socket) => void = () => {}): PlainServer =>
  createTcpServer((socket) => {
    socket.on('error', () => {})
    onConnection(socket)
    socket.once('data', () => onData(socket))
  })

/** Gives the port; whatever is left of its connections ends with the test. */
export async function listening(context: TestContext, server: PlainServer, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  context.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

export interface Asking {
  readonly body?: string | Uint8Array
  /** When the time of the attempt is over. Default: never. */
  readonly timeIsUp?: Promise<unknown>
  /** Ends the attempt. */
  readonly signal?: AbortSignal
}

/** What the driver hears of one request, without what differs between two runs and between two clients. */
export async function answerOf(
  ask: typeof fetch,
  url: string,
  { body = '{"id":"é"}', timeIsUp, signal = new AbortController().signal }: Asking = {},
): Promise<Partial<Answer>> {
  const sleep = async (_ms: number, stop?: AbortSignal): Promise<void> => {
    const stopped = new Promise((resolve) => stop?.addEventListener('abort', resolve))
    await Promise.race([stopped, timeIsUp ?? stopped])
  }
  const settings = { url, fetch: ask, runtime: { ...systemRuntime, sleep } }
  const answer = await createPost(settings, 'a-key', 'a test')(body, { timeoutMs: 30_000, signal })
  if (answer.kind === 'failure') {
    const { detail, ...failure } = answer
    return failure.reason === 'tls' ? answer : failure
  }
  const { status, body: text } = answer
  return { kind: 'response', status, body: text }
}

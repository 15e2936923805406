import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Random } from './files.ts'

/** How often a request is answered by no answer at all after it was taken, a cut connection before, 429 or 500. */
export interface Faults {
  readonly lost: number
  readonly reset: number
  readonly 429: number
  readonly 500: number
}

/** An API that keeps nothing but how often each event was taken. */
export interface CountingApi {
  readonly url: string
  /** Events that were taken at least once, and those that were taken more often. */
  readonly counts: { events: number; again: number; requests: number }
  stop(): void
}

const ID = /"id":"S-(\d+)"/g

export async function startCountingApi(rows: number, faults: Faults | undefined, random: Random): Promise<CountingApi> {
  const times = new Uint8Array(rows + 1)
  const counts = { events: 0, again: 0, requests: 0 }
  const take = (body: string): number => {
    let taken = 0
    for (const [, number] of body.matchAll(ID)) {
      const before = times[Number(number)]!
      if (before === 0) counts.events += 1
      else if (before === 1) counts.again += 1
      times[Number(number)] = Math.min(255, before + 1)
      taken += 1
    }
    return taken
  }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      counts.requests += 1
      const body = Buffer.concat(parts).toString()
      const isTrial = body.includes('"validate_only":true')
      const fault = isTrial ? undefined : faultOf(faults, random())
      if (fault === 'reset') response.socket?.destroy()
      else if (fault === 429 || fault === 500) answer(response, fault, { error: { message: 'try again' } })
      else {
        const taken = isTrial ? [...body.matchAll(/"timestamp_ms":/g)].length : take(body)
        if (fault === 'lost') response.socket?.destroy()
        else answer(response, 200, { accepted_events: taken })
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = (): void => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${port}`, counts, stop }
}

function faultOf(faults: Faults | undefined, draw: number): keyof Faults | undefined {
  if (faults === undefined) return undefined
  let from = 0
  for (const kind of ['lost', 'reset', 429, 500] as const) {
    if (draw < from + faults[kind]) return kind
    from += faults[kind]
  }
  return undefined
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

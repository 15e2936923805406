/** A server that takes every request, counts the events in it and nothing else: what it costs must not be what is measured. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands once in each event, and in no text of the bench. */
const MARK = Buffer.from('"timestamp_ms":')
let events = 0

const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const count = request.method === 'POST' ? countIn(Buffer.concat(parts)) : 0
    events += count
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.method === 'POST' ? { accepted_events: count } : { events }))
  })
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))

function countIn(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(MARK); at >= 0; at = body.indexOf(MARK, at + MARK.length)) count += 1
  return count
}

/** The code of docs/failed.md runs, and does what the page says. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const blocks = [...readFileSync(join(ROOT, 'docs/failed.md'), 'utf8').matchAll(/^```ts\n(.*?)^```/gms)].map(
  ([, code]) => code!,
)

/** What stands around the page's code: a client whose key the API does not know. */
const PROGRAM = `
import { createClient as create, type ClientOptions, type EventInput } from 'waybill'
const unauthorized = async () => Response.json({ error: { message: 'no' } }, { status: 401 })
const createClient = (options: ClientOptions) => create({ ...options, fetch: unauthorized })
const [pixelId, apiKey] = ['p', 'k']
const later: EventInput[] = []
const events: EventInput[] = [
  { id: 'a', type: 'order_created', timestamp: new Date(), actionSource: 'offline', data: {} },
  { id: 'b', type: 'no such type', timestamp: new Date(), actionSource: 'offline', data: {} } as unknown as EventInput,
]
async function withSend() {
  const client = createClient({ pixelId, apiKey })
  SEND
  return again
}
async function withTrack() {
  TRACK
  for (const event of events) client.track(event)
  await client.flush()
  return later
}
export const found = { again: await withSend(), later: await withTrack(), events }
`

test('the page on failed: what failed is kept to be sent again, and what is refused is not', async () => {
  const [send, track, ...others] = blocks
  assert.deepEqual(others, [])
  const folder = mkdtempSync(join(ROOT, 'examples', 'data-failed-'))
  try {
    const file = join(folder, 'program.ts')
    writeFileSync(
      file,
      PROGRAM.replace('SEND', () => send!).replace('TRACK', () => track!),
    )
    const { found } = (await import(pathToFileURL(file).href)) as {
      found: Record<'again' | 'later' | 'events', unknown[]>
    }
    assert.deepEqual(found.again, found.events.slice(0, 1))
    assert.deepEqual(found.later, found.events.slice(0, 1))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

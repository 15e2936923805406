import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { orders, startRelay } from '../../service/service.helpers.ts'

interface Got {
  readonly coding: string | undefined
  readonly vary: string | undefined
  readonly body: Buffer
}

/** As it comes over the wire: `fetch` unpacks by itself. */
function get(url: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.on('end', () => {
        const { 'content-encoding': coding, vary } = response.headers
        resolve({ coding, vary, body: Buffer.concat(pieces) })
      })
    })
    asking.on('error', reject).end()
  })
}

test('answers for people come packed as is asked for; small ones and those of intake do not', async (context) => {
  const relay = await startRelay(context, { emulator: { apiKey: 'another' } })
  await relay.bring(orders(40))
  for (const path of ['/api/events', '/metrics']) {
    const plain = await get(relay.url + path)
    const brotli = await get(relay.url + path, { 'accept-encoding': 'gzip, br' })
    const gzip = await get(relay.url + path, { 'accept-encoding': 'gzip;q=1, br;q=0' })
    assert.deepEqual([plain.coding, brotli.coding, gzip.coding], [undefined, 'br', 'gzip'], path)
    for (const { vary } of [plain, brotli, gzip]) assert.equal(vary, 'accept-encoding')
    const start = plain.body.subarray(0, 6).toString()
    assert.equal(brotliDecompressSync(brotli.body).subarray(0, 6).toString(), start)
    assert.equal(gunzipSync(gzip.body).subarray(0, 6).toString(), start)
    assert.ok(brotli.body.length < plain.body.length / 3, `${path}: ${brotli.body.length} of ${plain.body.length}`)
  }
  assert.equal((await get(`${relay.url}/api/marks?until=1&from=0`, { 'accept-encoding': 'br' })).coding, undefined)
})

test('an answer is never given to somebody who sees other pixels', async (context) => {
  const token = (name: string, pixels: readonly string[]) => ({ name, token: `${name}-token-0123456789`, pixels })
  const relay = await startRelay(context, {
    file: { adminTokens: [token('all', ['px']), token('none', ['another'])] },
  })
  await relay.bring(orders(3))
  const ask = async (name: string): Promise<number> => {
    const headers = { authorization: `Bearer ${name}-token-0123456789`, 'cache-control': 'max-age=10' }
    return (await relay.ask('/api/events', { headers })).json.total.events
  }
  assert.deepEqual([await ask('all'), await ask('none'), await ask('all')], [3, 0, 3])
})

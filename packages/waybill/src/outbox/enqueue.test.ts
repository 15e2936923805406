import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../errors.ts'
import { type Conversion, enqueue, enqueueMany, type Transaction } from './index.ts'

const NOW_MS = Date.parse('2026-11-29T12:00:00Z')

/** A transaction that keeps what it was asked. */
function recorder(): { tx: Transaction; asked: [string, unknown[]][] } {
  const asked: [string, unknown[]][] = []
  return { asked, tx: { query: async (text: string, values: unknown[]) => void asked.push([text, values]) } }
}

const conversion = (changes: object = {}): Conversion =>
  ({
    pixelId: 'px',
    id: 'order_1',
    type: 'order_created',
    timestamp: NOW_MS,
    actionSource: 'web',
    sourceUrl: 'https://shop.example.com/done',
    user: { email: 'User@Example.com ' },
    data: { amount: '25.99', currency: 'USD' },
    ...changes,
  }) as Conversion

describe('enqueue of waybill/outbox', () => {
  it('checks and hashes before anything reaches the database', async () => {
    const { tx, asked } = recorder()
    const result = await enqueue(tx, conversion(), { now: NOW_MS })
    assert.deepEqual(result, { id: 'order_1', status: 'enqueued', issues: [] })
    const [[text, [pixel, event]]] = asked as [[string, [string, string]]]
    assert.equal(text, 'select waybill.enqueue($1::text, $2::text) as enqueued')
    assert.equal(pixel, 'px')
    assert.deepEqual(JSON.parse(event), {
      id: 'order_1',
      type: 'order_created',
      timestamp_ms: NOW_MS,
      action_source: 'web',
      source_url: 'https://shop.example.com/done',
      user: { email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514' },
      data: { type: 'contents', amount: 2599, currency: 'USD' },
    })
  })

  it('writes what is beyond ASCII as escapes, so that every database can hold it', async () => {
    const { tx, asked } = recorder()
    const name = `Käse €\u0000${String.fromCharCode(0xd800)}😀`
    await enqueue(tx, conversion({ data: { contents: [{ id: 'sku', name }] } }), { now: NOW_MS })
    const event = String(asked[0]?.[1][1])
    assert.match(event, /^[\x20-\x7e]+$/)
    assert.equal(JSON.parse(event).data.contents[0].name, name)
  })

  it('keeps what it refuses, without what is personal in it', async () => {
    const { tx, asked } = recorder()
    const refused = conversion({
      type: 'bought',
      data: { note: 'ada@example.com' },
      user: { email: 'ada@example.com' },
    })
    const { status, issues } = await enqueue(tx, refused, { now: NOW_MS })
    assert.equal(status, 'refused')
    assert.ok(issues.some(({ code }) => code === 'unknown_event_type'))
    assert.doesNotMatch(String(asked[0]?.[1][1]), /ada/)
  })

  it('fails for nothing that a conversion is', async () => {
    const circle: Record<string, unknown> = { id: 'a' }
    circle['data'] = circle
    const getter = Object.defineProperty({ pixelId: 'px' }, 'id', {
      enumerable: true,
      get: () => assert.fail('read'),
    })
    const strange = [
      null,
      undefined,
      42,
      'text',
      [],
      {},
      circle,
      getter,
      { id: 1n },
      conversion({ data: 'x'.repeat(1e7) }),
    ]
    for (const one of strange) {
      const { tx, asked } = recorder()
      const { status } = await enqueue(tx, one as unknown as Conversion, { now: NOW_MS })
      assert.equal(status, 'refused')
      assert.equal(asked.length, 1)
    }
  })

  it('takes what waybill/pixel made for both channels', async () => {
    const { tx, asked } = recorder()
    const { pixelId, ...event } = conversion({ timestamp: undefined, timestamp_ms: NOW_MS }) as unknown as Record<
      string,
      never
    >
    const serverEvent = {
      ...(event as object),
      timestamp: undefined,
      actionSource: undefined,
      sourceUrl: undefined,
      action_source: 'offline',
      user: undefined,
      data: { type: 'contents' },
    }
    const made = { pixelId, serverEvent, ok: true } as unknown as Conversion
    const { status } = await enqueue(tx, JSON.parse(JSON.stringify(made)) as Conversion, { now: NOW_MS })
    assert.equal(status, 'enqueued')
    assert.equal(JSON.parse(String(asked[0]?.[1][1])).id, 'order_1')
  })

  it('keeps many in lists of at most 100 of one pixel', async () => {
    const { tx, asked } = recorder()
    const all = Array.from({ length: 250 }, (_, at) =>
      conversion({ id: `order_${at}`, pixelId: at < 120 ? 'px' : 'py' }),
    )
    const results = await enqueueMany(tx, all, { now: NOW_MS })
    assert.deepEqual(
      asked.map(([, [pixel, events]]) => [pixel, JSON.parse(String(events)).length]),
      [
        ['px', 100],
        ['px', 20],
        ['py', 100],
        ['py', 30],
      ],
    )
    assert.deepEqual(
      results.map(({ id }) => id),
      all.map((one) => ('id' in one ? one.id : '')),
    )
  })

  it('says what may be passed, where something else is', async () => {
    for (const tx of [undefined, null, {}, 42])
      await assert.rejects(enqueue(tx as unknown as Transaction, conversion()), ConfigError)
  })

  it('rejects where the database does', async () => {
    const tx = { query: () => Promise.reject(new Error('the connection is gone')) }
    await assert.rejects(enqueue(tx, conversion(), { now: NOW_MS }), /the connection is gone/)
  })
})

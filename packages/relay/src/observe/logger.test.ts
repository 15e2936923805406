import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { LifecycleEvents } from '../engine/index.ts'
import { logAlarms } from './alarms.ts'
import { createLogger, type Log } from './logger.ts'
import { watchOutages } from './outages.ts'

function logged(work: (log: Log) => void, pretty = false): string {
  let text = ''
  const stream = {
    write: (line: string) => {
      text += line
      return true
    },
  }
  work(
    createLogger({
      stream: stream as unknown as NodeJS.WritableStream,
      level: 'info',
      pretty,
      secrets: () => ['key-51b7', 'abc'],
    }),
  )
  return stripVTControlCharacters(text)
}

test('secrets and addresses are taken out of whatever is logged, wherever they stand', () => {
  const text = logged((log) => {
    log.info({ apiKey: 'x1', deep: { token: 'x2', authorization: 'x3' }, wire: 'x4', events: ['x5'] }, 'one')
    log.error({ err: new Error('refused key-51b7 of ada@example.com') }, 'sent key-51b7')
  })
  for (const secret of ['x1', 'x2', 'x3', 'x4', 'x5', 'key-51b7', 'ada@example.com'])
    assert.ok(!text.includes(secret), secret)
  assert.match(text, /"level":"info".*"msg":"one"/)
  for (const line of text.trimEnd().split('\n')) assert.doesNotThrow(() => JSON.parse(line))
})

test('what is too short to be a secret is left in words', () => {
  assert.match(
    logged((log) => log.info('abcdef')),
    /abcdef/,
  )
})

test('on a terminal a line is for people', () => {
  const text = logged((log) => log.warn({ pixel: 'px', count: 3 }, 'events expire'), true)
  assert.match(text, /^\d\d:\d\d:\d\d warn {2}events expire {2}pixel=px {2}count=3\n$/)
})

test('alarms are logged with a hint, and nothing is said of single events', () => {
  const events = new LifecycleEvents()
  const text = logged((log) => {
    logAlarms(events, log)
    events.emit('pixel:held', {
      pixel: 'px',
      code: 'unauthorized',
      message: 'The key is wrong.',
      hint: 'Copy it again.',
    })
    events.emit('shape:held', { pixel: 'px', shape: 'order', code: 'x', message: 'All are refused.' })
    events.emit('event:expiring', { pixel: 'px', count: 3, withinMs: 3_600_000 })
    events.emit('event:expiring', { pixel: 'px', count: 9, withinMs: 86_400_000 })
    events.emit('tls:failed', { pixel: 'px', message: 'CERT_HAS_EXPIRED', hint: 'waybill doctor' })
    events.emit('clock:doubted', { reason: 'the wall clock jumped' })
    events.emit('event:refused', { pixel: 'px', row: 1, id: 'order_7', name: 'n', code: 'c', message: 'm' })
  })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; hint?: string; msg: string })
  assert.deepEqual(
    lines.map(({ level }) => level),
    ['error', 'error', 'error', 'warn', 'error', 'error'],
  )
  assert.deepEqual([lines[0]?.hint, lines[1]?.hint], ['Copy it again.', 'waybill status'])
  assert.doesNotMatch(text, /order_7/)
})

test('requests that fail one after another are logged once for each pixel, and so is their end', () => {
  const text = logged((log) => {
    const events = new LifecycleEvents()
    let nowMs = 1_000
    const outageOf = watchOutages(events, () => nowMs++, log)
    const answer = (pixel: string, status: number | undefined, verdict: 'retry' | 'delivered' = 'retry'): void =>
      events.emit('request:answered', {
        ...{
          pixel,
          verdict,
          status,
          fault: undefined,
          events: 1,
          durationMs: 1,
          validateOnly: false,
          ambiguous: false,
        },
      })
    const fail = (pixel: string, times: number, status?: number): void => {
      for (let time = 0; time < times; time++) answer(pixel, status)
    }
    fail('a', 4)
    answer('a', 200, 'delivered')
    fail('a', 9)
    fail('b', 5, 503)
    assert.deepEqual(outageOf('b'), { requests: 5, sinceMs: 1_002, status: 503 })
    assert.deepEqual(outageOf('a'), { requests: 9, sinceMs: 1_001, status: undefined })
    answer('a', 200, 'delivered')
    answer('a', 200, 'delivered')
    assert.equal(outageOf('a'), undefined)
  })
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; pixel: string; msg: string })
  assert.deepEqual(
    lines.map(({ level, pixel, msg }) => `${level} ${pixel} ${msg}`),
    [
      'warn a 5 requests in a row failed without an answer: events are kept and tried again',
      'warn b 5 requests in a row failed with status 503: events are kept and tried again',
      'info a the API answers again',
    ],
  )
})

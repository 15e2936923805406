import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tempFile } from '../files/files.helpers.ts'
import { Tally } from '../upload/tally.ts'
import { ordersCsv, run, startApi } from './cli.helpers.ts'
import { barLine, duration } from './progress.ts'

function tallyOf(delivered: number, refused: number, failed: number): Tally {
  const tally = new Tally()
  for (let at = 0; at < delivered; at++) tally.count('delivered')
  for (let at = 0; at < refused; at++) tally.count('refused')
  for (let at = 0; at < failed; at++) tally.count('failed')
  return tally
}

test('the bar shows share, events, rate, time left and what did not go', () => {
  const line = barLine({ seconds: 10, fileSeconds: 4, share: 0.25 }, tallyOf(1_188, 10, 2))
  assert.equal(line, `${'█'.repeat(6)}${'░'.repeat(18)}  25%  1,200 events  120/s  12s left  10 refused  2 failed`)
})

test('where the size is unknown there is no share and no time left', () => {
  assert.equal(barLine({ seconds: 2, fileSeconds: 2, share: 0 }, tallyOf(10, 0, 0)), '10 events  5/s')
  assert.equal(barLine({ seconds: 0, fileSeconds: 0, share: 0 }, new Tally()), '0 events  0/s')
})

const DURATIONS: readonly (readonly [number, string])[] = [
  [-1, '0s'],
  [0.2, '1s'],
  [59, '59s'],
  [60, '1m 00s'],
  [3_599, '59m 59s'],
  [3_600, '1h 00m'],
  [7_800, '2h 10m'],
]

for (const [seconds, text] of DURATIONS) {
  test(`${seconds} seconds read ${text}`, () => assert.equal(duration(seconds), text))
}

test('on a terminal a bar is drawn and taken away again before the summary', async (context) => {
  const api = await startApi(context, { latency: 200 })
  const file = tempFile(context, 'orders.csv', ordersCsv(20))
  const { stderr } = await run(['send', file, '--pixel', 'px', '--endpoint', api.url, '--rate', '10'], { isTTY: true })
  assert.match(stderr, /█+░+ +50% {2}10 events {2}\d+\/s {2}\ds left/)
  assert.ok(
    stderr.slice(stderr.lastIndexOf('░')).includes('\u001b[2K20 rows, 20 events'),
    'the bar stays on the screen',
  )
})

test('without a terminal, and with --json on one, no bar is drawn', async (context) => {
  const api = await startApi(context)
  const file = tempFile(context, 'orders.csv', ordersCsv(20))
  const argv = ['send', file, '--pixel', 'px', '--endpoint', api.url]
  assert.ok(!(await run(argv)).stderr.includes('░'))
  assert.ok(!(await run([...argv, '--json'], { isTTY: true })).stderr.includes('░'))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ISSUES } from 'waybill'
import { run } from '../cli.helpers.ts'

test('explain tells what a code means, whose rule it is and what to do', async () => {
  const { exitCode, stdout } = await run(['explain', 'event_timestamp_too_old'])
  assert.equal(exitCode, 0)
  assert.match(stdout, /^event_timestamp_too_old \(error, the API's own rule\)\n/)
  assert.ok(stdout.includes(ISSUES.event_timestamp_too_old.fix))
})

test('explain without a code lists them all, also as JSON', async () => {
  const list = await run(['explain'])
  assert.equal(list.stdout.trim().split('\n').length, Object.keys(ISSUES).length)
  const json = await run(['explain', '--json'])
  assert.deepEqual(
    JSON.parse(json.stdout).map(({ code }: { code: string }) => code),
    Object.keys(ISSUES),
  )
})

test('an unknown code is answered with the nearest one', async () => {
  const { exitCode, stderr } = await run(['explain', 'invalid_amont'])
  assert.equal(exitCode, 2)
  assert.match(stderr, /Did you mean invalid_amount\?/)
  assert.equal((await run(['explain', 'constructor'])).exitCode, 2)
})

test('colour depends on the terminal that the words go to, and NO_COLOR turns it off', async () => {
  const colour = '\u001b['
  assert.ok(!(await run(['explain', 'missing_field'], { env: {} })).stdout.includes(colour))
  assert.ok((await run(['explain', 'missing_field'], { env: {}, isTTY: true })).stdout.includes(colour))
  assert.ok(!(await run(['explain', 'missing_field'], { env: { NO_COLOR: '1' }, isTTY: true })).stdout.includes(colour))
})

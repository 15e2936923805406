import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { environment, run, startApi } from './service.helpers.ts'

test('what changed by a reload or a start is noted by name, and no value of it', async (context) => {
  const api = await startApi(context)
  const folder = tempFolder(context)
  let changes: Record<string, string> = {}
  const env = () => ({ ...environment(api.url, folder), ...changes })
  const first = await run(context, env, folder)
  const marksOf = async (url: string): Promise<string[]> => {
    const { marks } = (await (await fetch(`${url}/api/marks`)).json()) as { marks: { text: string; kind: string }[] }
    assert.ok(marks.every(({ kind }) => kind === 'relay'))
    return marks.map(({ text }) => text).sort()
  }
  assert.deepEqual(await marksOf(first.service.url), [])
  changes = { WAYBILL_API_KEY: 'another-key-of-the-api' }
  first.reload()
  while (!first.log().includes('configuration read again')) await new Promise(setImmediate)
  assert.deepEqual(await marksOf(first.service.url), ['key of pixel px changed'])
  first.stop()
  await first.ended
  changes = { ...changes, WAYBILL_MAX_REQUESTS_PER_SECOND: '7' }
  const second = await run(context, env, folder)
  assert.deepEqual(await marksOf(second.service.url), [
    'key of pixel px changed',
    'setting maxRequestsPerSecond of pixel px changed',
  ])
})

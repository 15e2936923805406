import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, jsonAnswer } from '../answer.ts'
import { KeptAnswers } from './kept-answers.ts'

interface Desk {
  readonly kept: KeptAnswers
  readonly made: string[]
  nowMs: number
  /** Asks; making it takes so long. */
  ask(key: string, maxAgeMs: number, tookMs?: number, status?: number): Promise<Answer>
}

function desk(): Desk {
  const made: string[] = []
  const it: Desk = {
    made,
    nowMs: 0,
    kept: new KeptAnswers({ monotonic: () => it.nowMs }),
    async ask(key, maxAgeMs, tookMs = 0, status = 200) {
      return it.kept.of(key, maxAgeMs, async () => {
        made.push(key)
        it.nowMs += tookMs
        return jsonAnswer(status, { at: it.nowMs })
      })
    },
  }
  return it
}

test('an answer is kept for twenty times as long as all that is looked at takes, ten seconds at most', async () => {
  const it = desk()
  await it.ask('a', 10_000, 40)
  it.nowMs = 800
  await it.ask('a', 10_000, 40)
  assert.deepEqual(it.made, ['a'])
  it.nowMs = 801
  await it.ask('a', 10_000, 40)
  assert.deepEqual(it.made, ['a', 'a'])
  await it.ask('b', 60_000, 9_000)
  it.nowMs = 801 + 10_040
  await it.ask('b', 60_000, 1)
  assert.deepEqual(it.made, ['a', 'a', 'b'])
  it.nowMs = 801 + 10_041
  await it.ask('b', 60_000, 1)
  assert.deepEqual(it.made, ['a', 'a', 'b', 'b'])
})

test('who asks for a new answer gets one, and so does whoever takes none as old as the one that is there', async () => {
  const it = desk()
  await it.ask('a', 10_000, 100)
  it.nowMs = 500
  await it.ask('a', 0)
  await it.ask('a', 499)
  assert.deepEqual(it.made, ['a', 'a', 'a'])
})

test('those who ask at the same time share one answer; what failed or was refused is not kept', async () => {
  const it = desk()
  const [one, other] = await Promise.all([it.ask('a', 1_000, 10), it.ask('a', 1_000, 10)])
  assert.equal(one, other)
  assert.deepEqual(it.made, ['a'])
  await it.ask('bad', 1_000, 10, 503)
  await it.ask('bad', 1_000, 10, 503)
  const failing = (): Promise<Answer> => it.kept.of('failing', 1_000, () => Promise.reject(new Error('no')))
  await assert.rejects(failing())
  await assert.rejects(failing())
  assert.deepEqual(it.made, ['a', 'bad', 'bad'])
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverEvents } from './server-events.ts'

const TEXT =
  ':\n\ndata: {"a":1}\n\nevent: x\ndata: one\ndata:two\nid: 7\n\n:\n\ndata: {"b":"data: x"}\n\ndata: unfinished'
const EVENTS = ['{"a":1}', 'one\ntwo', '{"b":"data: x"}']

for (const size of [1, 2, 3, 7, 1_000]) {
  test(`the data of server-sent events is found in pieces of ${size} characters`, async () => {
    async function* pieces(): AsyncGenerator<string> {
      for (let at = 0; at < TEXT.length; at += size) yield TEXT.slice(at, at + size)
    }
    const found: string[] = []
    for await (const data of serverEvents(pieces())) found.push(data)
    assert.deepEqual(found, EVENTS)
  })
}

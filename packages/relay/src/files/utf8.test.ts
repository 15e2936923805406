import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FileError } from './errors.ts'
import { inPieces } from './files.helpers.ts'
import { wholeCharacters } from './utf8.ts'

async function decode(bytes: Uint8Array, sizes: readonly number[]): Promise<{ text: string; error?: Error }> {
  let text = ''
  try {
    for await (const chunk of wholeCharacters('a.csv', inPieces(bytes, sizes))) text += chunk.toString('utf8')
    return { text }
  } catch (error) {
    return { text, error: error as Error }
  }
}

test('text comes through unchanged at any chunking, without its byte order mark', async () => {
  const property = fc.asyncProperty(
    fc.string({ unit: 'grapheme' }),
    fc.integer({ min: 1, max: 5 }),
    async (text, size) => {
      const plain = text.replace(/^\ufeff+/, '')
      const { text: back } = await decode(Buffer.from(`\ufeff${plain}`), [Math.max(3, size)])
      assert.equal(back, plain)
    },
  )
  await fc.assert(property)
})

test('bytes that are not UTF-8 are named by line and byte, and the lines before were passed on', async () => {
  const bytes = Buffer.concat([
    Buffer.from('id,name\n1,Zo\u00eb \ufffd\n2,Zo'),
    Buffer.from([0xeb]),
    Buffer.from('\n3,x\n'),
  ])
  for (const sizes of [[1 << 20], [1], [4]]) {
    const { text, error } = await decode(bytes, sizes)
    assert.ok(error instanceof FileError)
    assert.match(error.message, /^a\.csv, line 3 \(byte 24\): the text is not UTF-8\./)
    assert.ok(text.startsWith('id,name\n1,Zo\u00eb \ufffd\n'))
  }
})

test('a character cut off by the end of the file is an error', async () => {
  const { error } = await decode(Buffer.from([0x61, 0xe2, 0x82]), [1])
  assert.match(error?.message ?? '', /line 1 \(byte 2\)/)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plain, shellWord } from './plain.ts'

const TEXTS: readonly (readonly [text: string, shown: string])[] = [
  ['order_1', 'order_1'],
  ['José Ștefănescu', 'José Ștefănescu'],
  ['two\nlines\tand\r\nmore', 'two lines and more'],
  ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
  ['\u009b31m', '\\u009b31m'],
  ['a\u202eb', 'a\\u202eb'],
]

for (const [text, shown] of TEXTS) {
  test(`${JSON.stringify(text)} cannot steer a terminal`, () => assert.equal(plain(text), shown))
}

const WORDS: readonly (readonly [text: string, word: string])[] = [
  ['px_1', 'px_1'],
  ['order_created|a,b|c', "'order_created|a,b|c'"],
  ["it's $HOME", "'it'\\''s $HOME'"],
  ['', "''"],
]

for (const [text, word] of WORDS) {
  test(`${JSON.stringify(text)} is ${word} to a shell`, () => assert.equal(shellWord(text), word))
}

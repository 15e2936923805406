import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTemplate, namesIn, parseTemplate } from './template.ts'

test('templates hold names, text and doubled braces', () => {
  assert.deepEqual(parseTemplate('a_{b}{ c }'), [{ text: 'a_' }, { name: 'b' }, { name: 'c' }])
  assert.deepEqual(parseTemplate('{{{a}}}'), [{ text: '{' }, { name: 'a' }, { text: '}' }])
  for (const broken of ['{', '}', '{}', 'a}b', '{a{b}}']) assert.equal(parseTemplate(broken), undefined)
})

test('a text without braces is no template and names nothing', () => {
  assert.deepEqual(['order', 'a{b}', '{{a}}'].map(isTemplate), [false, true, true])
  assert.deepEqual(['order', 'a{ b }-{c}', '{{a}}', '{'].map(namesIn), [[], ['b', 'c'], [], []])
})

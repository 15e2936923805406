import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changed, NoSuchPlaceError, readSet, readUnset } from './field-change.ts'

const EVENT = { id: 'a', data: { amount: 1.5, contents: [{ id: 'x' }, { id: 'y' }] } }

const SETS: readonly (readonly [text: string, event: unknown])[] = [
  ['id=b', { ...EVENT, id: 'b' }],
  ['data.amount=150', { ...EVENT, data: { ...EVENT.data, amount: 150 } }],
  ['data.currency=USD', { ...EVENT, data: { ...EVENT.data, currency: 'USD' } }],
  ['data.plan="7"', { ...EVENT, data: { ...EVENT.data, plan: '7' } }],
  ['opt_out=true', { ...EVENT, opt_out: true }],
  ['note=', { ...EVENT, note: '' }],
  ['note=a=b', { ...EVENT, note: 'a=b' }],
  ['user.country=US', { ...EVENT, user: { country: 'US' } }],
  ['user.emails[0]=x', { ...EVENT, user: { emails: ['x'] } }],
  ['data.contents[1].id=z', { ...EVENT, data: { ...EVENT.data, contents: [{ id: 'x' }, { id: 'z' }] } }],
  [
    'data.contents[2]={"id":"z"}',
    { ...EVENT, data: { ...EVENT.data, contents: [{ id: 'x' }, { id: 'y' }, { id: 'z' }] } },
  ],
]

for (const [text, event] of SETS) {
  test(`--set ${text} changes that place and nothing else`, () => {
    const before = structuredClone(EVENT)
    assert.deepEqual(changed(EVENT, readSet(text)), event)
    assert.deepEqual(EVENT, before)
  })
}

const UNSETS: readonly (readonly [text: string, event: unknown])[] = [
  ['data.contents', { id: 'a', data: { amount: 1.5 } }],
  ['data.contents[0]', { id: 'a', data: { amount: 1.5, contents: [{ id: 'y' }] } }],
  ['data.contents[0].id', { id: 'a', data: { amount: 1.5, contents: [{}, { id: 'y' }] } }],
  ['user.country', EVENT],
]

for (const [text, event] of UNSETS) {
  test(`--unset ${text} takes that place out and nothing else`, () => {
    assert.deepEqual(changed(EVENT, readUnset(text)), event)
  })
}

const WRONG = [
  '',
  '=x',
  'amount',
  'a..b=1',
  '.a=1',
  'a.=1',
  'a[x]=1',
  'a[0=1',
  'a[0]b=1',
  '__proto__.x=1',
  'data.__proto__=1',
]

for (const text of WRONG) {
  test(`--set "${text}" is wrong use`, () => {
    assert.throws(() => readSet(text), { code: 'commander.invalidArgument' })
  })
}

for (const text of ['id.x=1', 'data[0]=1', 'data.contents.id=1', 'data.contents[3]=1', 'data.contents[0].id[0]=1']) {
  test(`--set ${text} has no place in this event`, () => {
    assert.throws(() => changed(EVENT, readSet(text)), NoSuchPlaceError)
  })
}

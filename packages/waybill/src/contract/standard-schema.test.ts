import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { check, eventSchema } from './check.ts'
import { NOW } from './sample.cases.ts'

const schema = eventSchema({ now: () => NOW })
const ORDER = {
  id: 'order_1',
  type: 'order_created',
  timestamp: NOW,
  actionSource: 'web',
  sourceUrl: 'https://shop.example.com/thanks?step=3',
  data: { amount: '25.99', currency: 'USD' },
}

describe('check as a Standard Schema', () => {
  it('gives the wire event to send, and warnings do not stop it', () => {
    const result = schema['~standard'].validate(ORDER)
    const checked = check(ORDER, { now: NOW })
    assert.ok(checked.ok && checked.warnings.length > 0 && result.issues === undefined)
    assert.deepEqual(result.value, checked.event)
  })

  it('gives every error with its path in steps and what to do, and no warning', () => {
    const result = schema['~standard'].validate({
      ...ORDER,
      type: 'purchase',
      data: { value: '25.99', contents: [{ id: 'a', amount: 9 }] },
    })
    assert.ok(result.issues !== undefined)
    const paths = result.issues.map(({ path }) => path.join('/'))
    assert.ok(paths.includes('type') && paths.includes('data/value') && paths.includes('data/contents/0/amount'))
    const contents = result.issues.find(({ path }) => path.length === 4)
    assert.deepEqual(contents?.path, ['data', 'contents', 0, 'amount'])
    assert.match(result.issues.find(({ path }) => path[0] === 'type')!.message, /order_created/)
  })

  it('says that a value is no event with an empty path', () => {
    const result = schema['~standard'].validate('no event')
    assert.deepEqual(
      result.issues?.map(({ path }) => path),
      [[]],
    )
  })

  it('knows the contract that it was made for', () => {
    const event = { ...ORDER, user: { phone: '+14155552671' } }
    assert.ok(schema['~standard'].validate(event).issues !== undefined)
    const newer = eventSchema({ now: () => NOW, contract: '2026-11' })
    assert.equal(newer['~standard'].validate(event).issues, undefined)
  })

  it('is check itself, by the clock of the machine', () => {
    const { version, vendor, validate } = check['~standard']
    assert.deepEqual([version, vendor], [1, 'waybill'])
    const result = validate({ ...ORDER, timestamp: new Date() })
    assert.ok(result.issues === undefined && result.value.data.amount === 2599)
  })
})

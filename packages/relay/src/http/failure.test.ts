import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError } from 'waybill'
import {
  StoreAwayError,
  StoreBrokenError,
  StoreClosedError,
  StoreCursorError,
  StoreError,
  StoreFullError,
  StoreOwnedError,
  StoreSupersededError,
  StoreUnusableError,
} from '../store/index.ts'
import { type Failure, failureOf } from './failure.ts'

const CASES: readonly (readonly [error: unknown, status: number, fault: Failure['fault'], code?: string])[] = [
  [new StoreFullError('x'), 503, 'full'],
  [new StoreAwayError('x'), 503, 'away'],
  [new StoreBrokenError('x'), 503, 'broken'],
  [new StoreClosedError('x'), 503, undefined],
  [new StoreSupersededError('x'), 503, 'broken'],
  [new StoreCursorError('x'), 400, undefined, 'invalid_cursor'],
  [new StoreError('x'), 500, 'unexpected'],
  [new StoreOwnedError('x'), 500, 'unexpected'],
  [new StoreUnusableError('x'), 500, 'unexpected'],
  [new ConfigError('toString', 'x'), 500, 'unexpected'],
  [new TypeError('x'), 500, 'unexpected'],
  [undefined, 500, 'unexpected'],
  [Object.assign(new Error('x'), { statusCode: 413 }), 413, undefined],
  [Object.assign(new Error('x'), { statusCode: 415 }), 415, undefined, 'bad_request'],
  [Object.assign(new Error('x'), { statusCode: 502 }), 500, 'unexpected'],
]

for (const [error, status, fault, code] of CASES) {
  test(`${error instanceof Error ? error.name : error} ${code ?? ''} is answered with ${status}, ${fault ?? 'nobody hears of it'}`, () => {
    const failure = failureOf(error)
    assert.deepEqual([failure.answer.status, failure.fault], [status, fault])
    if (code !== undefined) assert.ok(JSON.stringify(failure.answer).includes(code))
    assert.equal(failure.answer.headers?.['retry-after'] !== undefined, status === 503)
  })
}

import { it } from 'node:test'
import { compareWithModel } from './against-model.helpers.ts'

const RUNS = Number(process.env['WAYBILL_STORE_RUNS'] ?? 60)

it('the SQLite store answers every sequence of calls as the model does', () => compareWithModel({ runs: RUNS }))

it('it does so where each change fails once before it is made, and nothing of it may be left', () =>
  compareWithModel({ runs: RUNS, hasFullDisk: true }))

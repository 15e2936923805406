import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { arrayOf } from './binary-array.ts'
import { makeStoreDatabase } from './postgres-store.helpers.ts'

after(stopPostgres)

const FAR = 2 ** 53 - 1
const CASES: Readonly<Record<string, readonly unknown[]>> = {
  smallint: [0, 1, -1, 32_767, -32_768, null],
  integer: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), null],
  bigint: [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), FAR, -FAR, null],
  float8: [0, 0.1, -2.5, 1e300, null],
  text: ['', 'plain', '{"quoted":"\\u0041 \\\\"}', 'a,b{}', 'NULL', 'größer 漢 🙂', null],
  bytea: [new Uint8Array(), Uint8Array.of(0, 1, 92, 255), null],
  boolean: [true, false, null],
}

test('an array arrives as it was, whatever its type and what stands in it', async () => {
  const { drop, connect } = await makeStoreDatabase()
  const client = await connect()
  for (const [type, values] of Object.entries(CASES))
    for (const given of [values, values.filter((value) => value !== null), [], [null]]) {
      const sql = `select value${type === 'bigint' ? '::text' : ''} as value from unnest($1::${type}[]) as value`
      const { rows } = await client.query<{ value: unknown }>(sql, [arrayOf(type, given)])
      const wanted = given.map((value) => (type === 'bigint' && value !== null ? String(value) : plain(value)))
      assert.deepEqual(
        rows.map(({ value }) => plain(value)),
        wanted,
        type,
      )
    }
  await drop()
})

const plain = (value: unknown): unknown => (value instanceof Uint8Array ? [...value] : value)

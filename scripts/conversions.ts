/**
 * 1,000 orders through each of four vendors' webhooks, or as many as `--orders` says, by the seed that `--seed` says: what the short form in
 * `npm test` does with 60.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const test = fileURLToPath(new URL('../packages/relay/src/http/conversions/conversions.test.ts', import.meta.url))
const { status } = spawnSync(process.execPath, ['--conditions=waybill-source', '--test', test], {
  stdio: 'inherit',
  env: { ...process.env, WAYBILL_TEST_ORDERS: values.orders, WAYBILL_TEST_SEED: values.seed },
})
process.exitCode = status ?? 1

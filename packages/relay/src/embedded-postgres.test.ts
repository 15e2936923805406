import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

/** What starts servers, and how. */
const STARTS = [
  [
    './postgres-server.helpers.ts',
    'const { stopPostgres, startPostgres } = loaded; await startPostgres(); await stopPostgres()',
  ],
  ['../../../bench/postgres/server.ts', 'await (await loaded.startServer()).stop()'],
] as const

for (const [file, start] of STARTS)
  test(`a script that starts a server by ${file} and fails ends with the exit code that it set, and says nothing of it`, () => {
    const script = `const loaded = await import(${JSON.stringify(new URL(file, import.meta.url).href)}); ${start}; process.exitCode = 3`
    const { WAYBILL_TEST_POSTGRES: _, ...env } = process.env
    const argv = ['--conditions=waybill-source', '--input-type=module', '--eval', script]
    const { status, stderr } = spawnSync(process.execPath, argv, { env, encoding: 'utf8' })
    assert.deepEqual({ status, stderr }, { status: 3, stderr: '' })
  })

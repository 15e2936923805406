import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { judgeSchema, lookAtSchema } from '../../doctor/schema.ts'
import { tempFolder } from '../../files/files.helpers.ts'
import { stopPostgres } from '../../postgres-server.helpers.ts'
import { NOW, newEvents } from '../../store/conformance/harness.ts'
import { maskUrl } from '../../store/postgres/index.ts'
import { makeStoreDatabase } from '../../store/postgres/postgres-store.helpers.ts'
import { openSqliteStore } from '../../store/sqlite/index.ts'
import { run } from '../cli.helpers.ts'

after(stopPostgres)

it('moves a data folder, says so, and takes it back', async (context) => {
  const folder = tempFolder(context)
  const { url, drop } = await makeStoreDatabase()
  context.after(drop)
  const store = await openSqliteStore({ path: join(folder, 'waybill.db') })
  await store.accept(newEvents(['a', 'b', 'c']), NOW)
  await store.close()
  const urlFile = join(folder, 'url')
  writeFileSync(urlFile, `${url}\n`)
  const moved = await run(['migrate-store', folder, '--url-file', urlFile])
  assert.equal(moved.exitCode, 0, moved.stderr)
  assert.match(moved.stderr, /moved {2}3 events, 3 to be delivered\. Both sides were compared\./)
  const again = await run(['migrate-store', folder, url, '--json'])
  assert.notEqual(again.exitCode, 0)
  assert.match(again.stderr, /was moved to postgres:.* already\. Serve that store/)
  const config = join(folder, 'waybill.config.json')
  const env = { WAYBILL_PIXEL_ID: 'px', WAYBILL_API_KEY: 'key-51b7' }
  writeFileSync(config, JSON.stringify({ dataDir: folder }))
  const served = await run(['serve', '--config', config], { env })
  assert.deepEqual([served.exitCode, served.stderr.includes(`was moved to ${maskUrl(url)}`)], [2, true], served.stderr)
  assert.equal(judgeSchema(lookAtSchema(folder, false)).message, `was moved to ${maskUrl(url)}, and opens no more`)
  const copied = await run(['backup', join(folder, 'copy.db'), '--config', config], {
    env: { ...env, WAYBILL_STORE: url },
  })
  assert.match(copied.stderr, /^waybill: The events are in PostgreSQL, .* pg_dump --schema=waybill_store\./)
  const back = await run(['migrate-store', folder, url, '--undo-move'])
  assert.equal(back.exitCode, 0, back.stderr)
  await (await openSqliteStore({ path: join(folder, 'waybill.db') })).close()
})

const WRONG: readonly (readonly [what: string, argv: (folder: string) => string[], says: RegExp])[] = [
  ['no file', (folder) => [join(folder, 'none'), 'postgres://a@127.0.0.1/b'], /There is no .*none: name the folder/],
  ['no database', (folder) => [join(folder, 'waybill.db')], /Name the database once/],
  [
    'force without undo',
    (folder) => [join(folder, 'waybill.db'), 'postgres://a@127.0.0.1/b', '--force'],
    /never forced/,
  ],
  ['no URL', (folder) => [join(folder, 'waybill.db'), 'mysql://a@127.0.0.1/b'], /no URL of a PostgreSQL database/],
]

for (const [what, argv, says] of WRONG) {
  it(`says what is wrong: ${what}`, async (context) => {
    const folder = tempFolder(context)
    await (await openSqliteStore({ path: join(folder, 'waybill.db') })).close()
    const { exitCode, stderr } = await run(['migrate-store', ...argv(folder)])
    assert.notEqual(exitCode, 0)
    assert.match(stderr, says)
  })
}

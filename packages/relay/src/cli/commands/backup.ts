import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { CopyFacts } from '../../doctor/index.ts'
import { complain, count, EXIT, type Io, print, say, style, UsageError } from '../io.ts'

interface BackupOptions {
  readonly config?: string
  readonly dataDir?: string
  readonly json?: boolean
}

export function registerBackup(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('backup')
    .argument('<path>', 'file to write; it must not exist')
    .option('--data-dir <folder>', 'folder of the data (or WAYBILL_DATA_DIR; default: what the configuration says)')
    .option('--config <file>', 'configuration (or WAYBILL_CONFIG; default waybill.config.json where there is one)')
    .option('--json', 'print what was copied as JSON on stdout')
    .addHelpText('after', '\nExit codes: 0 the copy is good; 2 wrong use; 3 there is no good copy.')
    .action(async (path: string, options: BackupOptions) => exit(await backUp(path, options, io)))
}

async function backUp(path: string, options: BackupOptions, io: Io): Promise<number> {
  const { copyDataFile, DATA_FILE, faultsOfCopy, lookAtCopy } = await import('../../doctor/index.ts')
  const source = join(await dataDirOf(options, io), DATA_FILE)
  if (!existsSync(source)) throw new UsageError(`There is no ${source}: name the folder of the data with --data-dir.`)
  checkTarget(path)
  const draft = `${path}.${process.pid}.part`
  try {
    // Private before there is anything in it.
    writeFileSync(draft, '', { mode: 0o600, flag: 'wx' })
    await copyDataFile(source, draft)
    const facts = lookAtCopy(draft)
    const [fault] = faultsOfCopy(facts)
    if (fault !== undefined) return sayNone(io, source, `${fault}.`)
    publish(draft, path)
    sayGood(io, path, facts, options.json === true)
    return EXIT.ok
  } catch (error) {
    if (error instanceof UsageError) throw error
    return sayNone(io, source, `${(error as Error).message}.`)
  } finally {
    for (const suffix of ['', '-journal']) rmSync(draft + suffix, { force: true })
  }
}

/** The folder alone is asked for, so that a copy can be made where nobody has the keys. */
async function dataDirOf({ dataDir, config }: BackupOptions, io: Io): Promise<string> {
  const named = dataDir ?? (io.env['WAYBILL_DATA_DIR'] || undefined)
  if (named !== undefined) return resolve(named)
  const { ConfigFaults, loadConfig } = await import('../../config/index.ts')
  try {
    const { dataDir: folder, storeUrl } = loadConfig({ env: io.env, path: config })
    if (storeUrl === undefined) return folder
    throw new UsageError(
      'The events are in PostgreSQL, of which this makes no copy: use the backups of that server, or pg_dump --schema=waybill_store.',
    )
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    throw new UsageError(
      `Name the folder of the data with --data-dir: the configuration cannot be read (${error.message}).`,
    )
  }
}

function checkTarget(path: string): void {
  if (existsSync(path))
    throw new UsageError(`${path} exists already, and a backup overwrites nothing: name another file.`)
  if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`There is no folder ${dirname(path)}: make it first.`)
  }
}

/** Gives the draft its name, and sees to it that the name survives a power loss. */
function publish(draft: string, path: string): void {
  checkTarget(path)
  renameSync(draft, path)
  if (process.platform === 'win32') return
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function sayNone(io: Io, source: string, why: string): number {
  complain(
    io,
    `There is no good copy of ${source}: ${why} Run waybill doctor --integrity, and keep the backups that you have.`,
  )
  return EXIT.failed
}

function sayGood(io: Io, path: string, { bytes, version, books }: CopyFacts, json: boolean): void {
  const { accepted = 0, waiting = 0 } = books ?? {}
  if (json) return print(io, JSON.stringify({ path, bytes, schemaVersion: version, accepted, waiting }))
  const about = `${count(accepted, 'event')}, ${waiting.toLocaleString('en-US')} to be delivered, schema version ${version}`
  say(io, `${style(io, 'green', 'verified')}  ${path}: ${about}, ${bytes.toLocaleString('en-US')} bytes`)
}

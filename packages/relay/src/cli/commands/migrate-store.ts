import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Moved } from '../../store/move/index.ts'
import { count, EXIT, type Io, print, say, style, UsageError } from '../io.ts'

interface MigrateOptions {
  readonly urlFile?: string
  readonly undoMove?: boolean
  readonly force?: boolean
  readonly json?: boolean
}

export function registerMigrateStore(program: Command, io: Io, exit: (code: number) => void): void {
  program
    .command('migrate-store')
    .description('move the data of a relay that is stopped from SQLite to PostgreSQL; docs/operating.md says how')
    .argument('<sqlite>', "the relay's data folder, or the file in it")
    .argument('[postgres]', 'postgres://role@host/database; with a password better in a file, for --url-file')
    .option('--url-file <file>', 'file that holds the URL of the database')
    .option('--undo-move', 'open the file again after a move that went wrong, and shut the database')
    .option('--force', 'with --undo-move: also where the database has taken events since, or cannot be asked')
    .option('--json', 'print what was moved as JSON on stdout')
    .addHelpText(
      'after',
      '\nStopped or cut off, the same command goes on where it was. Exit codes: 0 all is there and compared; 2 wrong use; 3 it is not.',
    )
    .action(async (sqlite: string, postgres: string | undefined, options: MigrateOptions) =>
      exit(await migrateStore(sqlite, postgres, options, io)),
    )
}

async function migrateStore(
  sqlite: string,
  postgres: string | undefined,
  options: MigrateOptions,
  io: Io,
): Promise<number> {
  const path = fileOf(sqlite)
  const url = urlOf(postgres, options.urlFile)
  if (options.force === true && options.undoMove !== true)
    throw new UsageError('--force goes with --undo-move alone: a move is never forced.')
  const { moveStore, undoMove } = await import('../../store/move/index.ts')
  if (options.undoMove === true) {
    await undoMove({ path, url, force: options.force === true })
    say(io, `${style(io, 'green', 'undone')}  ${path} opens again; the database serves nobody: drop it.`)
    return EXIT.ok
  }
  const moved = await moveStore({ path, url, nowMs: io.now(), signal: io.signal, onProgress: teller(io) })
  if (options.json === true) print(io, JSON.stringify(moved))
  else sayMoved(io, path, moved)
  return EXIT.ok
}

function fileOf(sqlite: string): string {
  const found = statSync(sqlite, { throwIfNoEntry: false })
  const path = found?.isDirectory() === true ? join(sqlite, 'waybill.db') : sqlite
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path
  throw new UsageError(`There is no ${path}: name the folder that the relay keeps its data in.`)
}

function urlOf(given: string | undefined, file: string | undefined): string {
  if ((given === undefined) === (file === undefined))
    throw new UsageError('Name the database once: postgres://role@host/database, or --url-file <file>.')
  if (given !== undefined) return given
  try {
    return readFileSync(file!, 'utf8').trim()
  } catch {
    throw new UsageError(`The file ${file} cannot be read: check the path and its rights.`)
  }
}

const TOLD_EVERY_MS = 2_000

/** A line now and then, and one at the end of each table. */
function teller(io: Io): (table: string, done: number, of: number) => void {
  let toldMs = Number.NEGATIVE_INFINITY
  return (table, done, of) => {
    const nowMs = io.now()
    if (done < of && nowMs - toldMs < TOLD_EVERY_MS) return
    toldMs = nowMs
    say(io, `${table.padEnd(12)}  ${done.toLocaleString('en-US')} of ${of.toLocaleString('en-US')}`)
  }
}

function sayMoved(io: Io, path: string, { counts }: Moved): void {
  const waiting = counts.queued + counts.held
  say(io)
  say(
    io,
    `${style(io, 'green', 'moved')}  ${count(counts.accepted, 'event')}, ${waiting.toLocaleString('en-US')} to be delivered. Both sides were compared.`,
  )
  say(io, `${path} opens no more. Set "store" to the URL of the database, and start the relay.`)
}

import { createHash } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { eventsUrl } from 'waybill/client'
import { FilesError } from '../files/index.ts'
import { type Store, StoreOwnedError } from '../store/index.ts'
import { makeFolder, makePrivate, openSqliteStore } from '../store/sqlite/index.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Where a run keeps what it delivered: beside the file, as `orders.csv.waybill`; for standard input, and where that folder cannot
 * be written, in the user's state folder (`$XDG_STATE_HOME/waybill`, `~/.local/state/waybill`).
 */
export function statePath(file: string, env: Environment): string {
  if (file === '-') return join(stateFolder(env), 'standard-input.waybill')
  const path = resolve(file)
  if (isWritable(dirname(path))) return `${path}${SUFFIX}`
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 12)
  return join(stateFolder(env), `${basename(path)}-${digest}${SUFFIX}`)
}

/**
 * Opens, or makes, the state at a path. Only its owner can read it. Throws `FilesError` where it cannot be used, with what to do.
 */
export async function openState(path: string): Promise<Store> {
  try {
    makeFolder(dirname(resolve(path)))
    makePrivate(path)
    return await openSqliteStore({
      path,
      lock: 'file',
      cacheKib: CACHE_KIB,
      outlives: 'process',
      checkpointEveryMs: SYNCED_EVERY_MS,
      bodies: 'memory',
    })
  } catch (error) {
    throw new FilesError(`The state of this run cannot be used: ${reasonOf(error, path)}`, { cause: error })
  }
}

/**
 * What a pixel's accounts are kept under: what was delivered to one endpoint was not delivered to another. `fresh` begins a new
 * one and leaves what was before aside.
 */
export async function accountName(
  store: Store,
  { endpoint, pixelId, fresh }: { readonly endpoint: string; readonly pixelId: string; readonly fresh: boolean },
): Promise<string> {
  // Whether it may be asked in clear is judged where it is asked.
  const url = eventsUrl(endpoint, pixelId, [new URL(endpoint).hostname.replace(/^\[|\]$/g, '')])
  const key = `generation:${url}`
  const before = Number((await store.getMeta(key)) ?? 0)
  const generation = fresh ? before + 1 : before
  if (fresh) await store.setMeta(key, String(generation))
  return generation === 0 ? url : `${url} ${generation}`
}

/** After a loss of power the answers of so long may have to be asked for again. A sync takes some 20 ms. */
const SYNCED_EVERY_MS = 5_000
/** Little, because files are read in order and their ids mostly rise. */
const CACHE_KIB = 4 * 1024
const SUFFIX = '.waybill'

/** Where a user keeps what belongs to no folder of theirs. */
export function stateFolder(env: Environment): string {
  const base = env['XDG_STATE_HOME'] || join(env['HOME'] || homedir(), '.local', 'state')
  return join(base, 'waybill')
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function reasonOf(error: unknown, path: string): string {
  const said = error instanceof Error ? error.message : String(error)
  const hint = error instanceof StoreOwnedError ? 'Wait until that run has ended.' : REMEDY
  return `${said.includes(path) ? said : `${path}: ${said}`} ${hint}`
}

const REMEDY =
  'Name another with --state <file>. Without the old one everything is sent again, and its ids keep it from counting twice.'

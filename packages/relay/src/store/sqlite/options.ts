import type { StoreBrokenError } from '../errors.ts'
import type { Database } from './database.ts'

export interface SqliteStoreOptions {
  /** The database file; created, with its folder left to the caller, when it does not exist. */
  readonly path: string
  /** Keep the bodies of delivered events until their accounts are pruned. Default: they are dropped on delivery. */
  readonly keepBodies?: boolean
  /**
   * How others are kept out. `beside`: by a lock file beside it, so that a backup tool can still read it. `file`: by locking the
   * file itself, so that it is the only file that stays. Default `beside`.
   */
  readonly lock?: 'beside' | 'file'
  /**
   * What an acknowledged change outlives. `power`: the loss of power, by a sync of the disk with each commit. `process`: the end of the
   * process, however it ends; after a loss of power the last changes may be missing, and the file is whole. Default `power`.
   */
  readonly outlives?: 'power' | 'process'
  /**
   * Where the texts of events lie. `file`: in the file. `memory`: they are gone when the store is closed, for events that are read from
   * elsewhere then; one that comes again brings its text. Default `file`.
   */
  readonly bodies?: 'file' | 'memory'
  /** Memory for pages, in KiB. Default 32,768. */
  readonly cacheKib?: number
  /** Milliseconds that only go forward, for leases. Default `performance.now`. */
  readonly monotonicMs?: () => number
  /** Called once when nothing more may be acknowledged; the process should exit. */
  readonly onBroken?: (error: StoreBrokenError) => void
  /** Whose days numbers are summed up by. Default `UTC`. */
  readonly timeZone?: string
  /** Calls back soon; changes that come in until then share one commit. Default `setImmediate`. */
  readonly schedule?: (flush: () => void) => void
  /** One commit takes up to so many events beside the first call's. Default 16,384. */
  readonly maxGroupRows?: number
  /** And up to so many bytes of bodies. Default 16 MB. */
  readonly maxGroupBytes?: number
  /** Pages in the log after which it is copied into the file. Default 8,000 (32 MB). */
  readonly checkpointPages?: number
  /** So long after the last copy, in milliseconds of `monotonicMs`, the next commit copies it too. Default: the pages alone decide. */
  readonly checkpointEveryMs?: number
  /** Files up to this size are looked through when they are opened. Default 32 MB, which takes well under a second. */
  readonly checkBelowBytes?: number
  /** Which of the store's files is no longer what its name leads to, asked with each commit. Default: by looking. */
  readonly lookAtFiles?: () => string | undefined
  /** Where people are answered. Default: in a thread, but with `lock: 'file'`, where nobody else may open the file. */
  readonly readsIn?: 'thread' | 'here'
  /** How long an answer for people may take (250 ms), and a thread that does not come back (2 s). */
  readonly readLimits?: { readonly answerMs?: number; readonly replaceMs?: number }
  /** Opens a file whose data was moved elsewhere too. Default: it is refused. */
  readonly evenIfMoved?: boolean
  /** Whether `keepNumbers` packs the numbers of what is over (default), or makes rows of its packs again, for who copies tables row by row. */
  readonly packs?: boolean
  /** How to reach SQLite; tests put faults in between. */
  readonly connect?: (path: string) => Database
}

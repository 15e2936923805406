/** What a failed statement means for the store. */
export type Fault = 'full' | 'broken' | 'busy' | 'other'

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const PRIMARY: Readonly<Record<number, Fault>> = {
  5: 'busy', // BUSY
  7: 'other', // NOMEM: rolled back, and the next call may have memory again
  8: 'full', // READONLY: remounted, or rights taken away
  10: 'broken', // IOERR
  11: 'broken', // CORRUPT
  13: 'full', // FULL
  14: 'full', // CANTOPEN: no file handle or no room for the journal
  26: 'broken', // NOTADB
}

/** Extended codes that differ: growing the shared memory file fails like this on a full disk, before anything is written. */
const EXTENDED: Readonly<Record<number, Fault>> = {
  4618: 'full', // IOERR_SHMOPEN
  4874: 'full', // IOERR_SHMSIZE
  5386: 'full', // IOERR_SHMMAP
  1032: 'broken', // READONLY_DBMOVED: the file is no longer what its name leads to
  3082: 'other', // IOERR_NOMEM
}

export function faultOf(error: unknown): Fault {
  const code = (error as { errcode?: unknown } | undefined)?.errcode
  if (typeof code !== 'number') return 'other'
  return EXTENDED[code] ?? PRIMARY[code & 0xff] ?? 'other'
}

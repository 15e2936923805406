import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { FINGERPRINT_WORDS, type Fingerprint, KEY_WORDS } from './fingerprint.ts'
import type { FingerprintTable, Found } from './fingerprint-table.ts'
import { createTempFolder, type TempFolder } from './temp-folder.ts'

/** A bit per slot of a Bloom filter; 8 MiB keep the share of needless look-ups below one in a hundred for 7 million keys. */
const FILTER_BITS = 2 ** 26
const FILTER_PROBES = 4

const SETTINGS = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_size = -8000;
  CREATE TABLE seen (key BLOB PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
`

/**
 * Fingerprints in a temporary database of mode 0600 that is removed on `close` and when the process exits.
 * A filter in memory answers for nearly all keys that are not there.
 */
export class FingerprintStore {
  readonly #folder: TempFolder = createTempFolder()
  readonly #filter = new Uint32Array(FILTER_BITS / 32)
  readonly #database: DatabaseSync
  readonly #select: StatementSync
  readonly #insert: StatementSync
  /** Used again for every statement, which copies what it is given. */
  readonly #keyBytes: Buffer = Buffer.alloc(KEY_WORDS * 4)
  readonly #contentBytes: Buffer = Buffer.alloc((FINGERPRINT_WORDS - KEY_WORDS) * 4)

  constructor() {
    const path = join(this.#folder.path, 'seen')
    closeSync(openSync(path, 'wx', 0o600))
    this.#database = new DatabaseSync(path)
    this.#database.exec(SETTINGS)
    this.#select = this.#database.prepare('SELECT content FROM seen WHERE key = ?')
    this.#insert = this.#database.prepare('INSERT INTO seen VALUES (?, ?)')
  }

  find(wanted: Fingerprint): Found {
    if (!this.#mayHave(wanted)) return 'nothing'
    const row = this.#select.get(copyBytes(wanted, 0, this.#keyBytes)) as { content: Uint8Array } | undefined
    if (row === undefined) return 'nothing'
    return copyBytes(wanted, KEY_WORDS, this.#contentBytes).equals(row.content) ? 'same' : 'other'
  }

  /** Adds fingerprints whose keys are not there yet; nearly sorted ones go in fastest. */
  addAll(added: FingerprintTable): void {
    this.#database.exec('BEGIN')
    added.forEach((each) => {
      for (let probe = 0; probe < FILTER_PROBES; probe++) this.#setBit(each[probe]!)
      this.#insert.run(copyBytes(each, 0, this.#keyBytes), copyBytes(each, KEY_WORDS, this.#contentBytes))
    })
    this.#database.exec('COMMIT')
  }

  close(): void {
    this.#database.close()
    this.#folder.remove()
  }

  /** The four words of a key are independent of each other, so each serves as one hash. */
  #mayHave(wanted: Fingerprint): boolean {
    for (let probe = 0; probe < FILTER_PROBES; probe++) {
      const bit = wanted[probe]! % FILTER_BITS
      if ((this.#filter[bit >>> 5]! & (1 << (bit & 31))) === 0) return false
    }
    return true
  }

  #setBit(word: number): void {
    const bit = word % FILTER_BITS
    this.#filter[bit >>> 5]! |= 1 << (bit & 31)
  }
}

/** Big-endian, so that the database's order of bytes is the table's order of words. */
function copyBytes(words: Fingerprint, from: number, target: Buffer): Buffer {
  for (let at = 0; at < target.length; at += 4) target.writeUInt32BE(words[from + at / 4]!, at)
  return target
}

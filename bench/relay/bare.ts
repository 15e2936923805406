import { DatabaseSync } from 'node:sqlite'
import { eventText, type NextId } from './events.ts'

/** What a program with nothing but `node:sqlite` does with the same rows: no checks, no HTTP, no account. */
export class Bare {
  readonly #database: DatabaseSync
  readonly #insert
  readonly #claim
  readonly #settle
  readonly #drop

  constructor(path: string) {
    this.#database = new DatabaseSync(path)
    this.#database.exec(`
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      CREATE TABLE event (row INTEGER PRIMARY KEY, pixel TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, state INTEGER NOT NULL,
        timestamp_ms INTEGER NOT NULL, UNIQUE (id, name, pixel)) STRICT;
      CREATE INDEX ready ON event (timestamp_ms) WHERE state = 0;
      CREATE TABLE body (row INTEGER PRIMARY KEY, wire TEXT NOT NULL) STRICT`)
    this.#insert = [
      this.#database.prepare("INSERT INTO event VALUES (NULL, 'bench', 'order_created', ?, 0, ?) RETURNING row"),
      this.#database.prepare('INSERT INTO body VALUES (?, ?)'),
    ] as const
    this.#claim = this.#database.prepare(
      'SELECT event.row, wire FROM event JOIN body USING (row) WHERE state = 0 ORDER BY timestamp_ms LIMIT 1000',
    )
    this.#settle = this.#database.prepare('UPDATE event SET state = 2 WHERE row = ?')
    this.#drop = this.#database.prepare('DELETE FROM body WHERE row = ?')
  }

  /** One commit. */
  insert(events: readonly { readonly id: string; readonly atMs: number; readonly wire: string }[]): void {
    const [event, body] = this.#insert
    this.#commit(() => {
      for (const { id, atMs, wire } of events) body.run((event.get(id, atMs) as { row: number }).row, wire)
    })
  }

  /** Claims what is due and settles it, a thousand at a time; gives how many there were. */
  settleNext(): number {
    const claimed = this.#claim.all() as { row: number; wire: string }[]
    this.#commit(() => {
      for (const { row } of claimed) {
        this.#settle.run(row)
        this.#drop.run(row)
      }
    })
    return claimed.length
  }

  close(): void {
    this.#database.close()
  }

  #commit(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    work()
    this.#database.exec('COMMIT')
  }
}

export function bareEvents(count: number, nextId: NextId, nowMs: number): Parameters<Bare['insert']>[0] {
  return Array.from({ length: count }, () => {
    const id = nextId()
    return { id, atMs: nowMs, wire: eventText(id, nowMs) }
  })
}

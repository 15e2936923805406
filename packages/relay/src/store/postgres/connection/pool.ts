import pg, { type Client, type ClientConfig } from 'pg'

export interface PoolOptions {
  readonly address: ClientConfig
  /** Connections at most. */
  readonly size: number
  /** A statement that has no answer by then ends its connection. Also how long to wait for a connection. */
  readonly timeoutMs: number
}

interface Waiter {
  readonly give: (client: Client) => void
  readonly fail: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/**
 * A few connections. One that failed in any way is not used again, and `renew` ends all that there are: after a failover each of them may
 * lead to a server that is the primary no more.
 */
export class Pool {
  readonly #options: PoolOptions
  /** The one that was used last comes first. */
  readonly #idle: Client[] = []
  /** All that are open, and the turn of `renew` they were opened in. */
  readonly #open: Map<Client, number> = new Map()
  readonly #waiters: Waiter[] = []
  #connecting = 0
  #turn = 0
  #isClosed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  /** A connection of one's own. Rejects where none can be had in time. */
  async acquire(): Promise<Client> {
    if (this.#isClosed) throw new Error('The pool is closed.')
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#open.size + this.#connecting < this.#options.size) return this.#connect()
    return new Promise((give, fail) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1)
        fail(new Error('No connection became free in time.'))
      }, this.#options.timeoutMs)
      const waiter: Waiter = { give, fail, timer }
      this.#waiters.push(waiter)
    })
  }

  /** Gives it back; a broken one is ended. */
  release(client: Client, isBroken: boolean): void {
    const isCurrent = this.#open.get(client) === this.#turn
    if (isBroken || !isCurrent || this.#isClosed) this.#drop(client)
    else {
      const waiter = this.#waiters.shift()
      if (waiter === undefined) this.#idle.push(client)
      else this.#serve(waiter, client)
    }
    this.#connectForWaiters()
  }

  /** From here on every connection is a new one. */
  renew(): void {
    this.#turn++
    for (const client of this.#idle.splice(0)) this.#drop(client)
  }

  /** Ends those that are idle; those in use end as they are given back. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { fail, timer } of this.#waiters.splice(0)) {
      clearTimeout(timer)
      fail(new Error('The pool is closed.'))
    }
    const idle = this.#idle.splice(0)
    for (const client of idle) this.#open.delete(client)
    await Promise.all(idle.map((client) => endGently(client)))
  }

  async #connect(): Promise<Client> {
    const turn = this.#turn
    this.#connecting++
    const client = new pg.Client(configOf(this.#options))
    client.on('error', () => this.#forget(client))
    client.on('end', () => this.#forget(client))
    try {
      await client.connect()
    } catch (error) {
      client.connection.stream.destroy()
      throw error
    } finally {
      this.#connecting--
    }
    this.#open.set(client, turn)
    return client
  }

  /** A connection ended by itself. */
  #forget(client: Client): void {
    this.#open.delete(client)
    const at = this.#idle.indexOf(client)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  /** Without a word to the other side, which may be nowhere. */
  #drop(client: Client): void {
    this.#forget(client)
    client.connection.stream.destroy()
  }

  #serve({ give, timer }: Waiter, client: Client): void {
    clearTimeout(timer)
    give(client)
  }

  #connectForWaiters(): void {
    const waiter = this.#open.size + this.#connecting < this.#options.size ? this.#waiters.shift() : undefined
    if (waiter === undefined) return
    this.#connect().then(
      (client) => this.#serve(waiter, client),
      (error: Error) => {
        clearTimeout(waiter.timer)
        waiter.fail(error)
      },
    )
  }
}

function configOf({ address, timeoutMs }: PoolOptions): ClientConfig {
  return {
    ...address,
    application_name: 'waybill',
    connectionTimeoutMillis: timeoutMs,
    // A connection that leads nowhere is noticed by nothing else.
    query_timeout: timeoutMs,
    keepAlive: true,
    types: { getTypeParser },
  }
}

const INT8 = 20
/** Sums of whole numbers. */
const NUMERIC = 1700

/** Numbers that lie beyond 2^53 are in no column of ours. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format ?? 'text')
}

const GENTLE_MS = 1_000

async function endGently(client: Client): Promise<void> {
  const timer = setTimeout(() => client.connection.stream.destroy(), GENTLE_MS)
  await client.end().catch(() => {})
  clearTimeout(timer)
}

import { randomBytes } from 'node:crypto'
import type { Engine, Runtime } from '../engine/index.ts'
import {
  type Link,
  type People,
  type Session,
  SessionBook,
  type SessionStore,
  type Tokens,
  Tries,
} from '../http/index.ts'
import type { Store } from '../store/index.ts'
import type { Live } from './live.ts'

const SECRET_BYTES = 32
const LOGIN_TRIES = { perAddress: 5, inAll: 60 }
/** A program tries again by itself; nobody finds a token at this pace. */
const BEARER_TRIES = { perAddress: 300, inAll: 3_000 }

/** Who is logged in, as the store has it. */
export async function createPeople(live: Live, store: Store, { clock }: Engine, runtime: Runtime): Promise<People> {
  const monotonic = (): number => runtime.monotonic()
  const sessions = new SessionBook({
    store: keptSessions(store),
    now: () => clock.now(),
    random: () => randomBytes(SECRET_BYTES).toString('base64url'),
    tokenOf: (digest) => live.holderOf(digest),
  })
  await sessions.load()
  return {
    sessions,
    tries: new Tries({ ...LOGIN_TRIES, monotonic }),
    bearerTries: new Tries({ ...BEARER_TRIES, monotonic }),
    now: () => clock.now(),
    get publicUrl() {
      return live.config.settings.publicUrl
    },
  }
}

/** One object for all requests, which finds what a reload has put in place. */
export function doorsOf(live: Live, people: People): Tokens {
  return {
    people,
    get intake() {
      return live.tokens.intake
    },
    get admin() {
      return live.tokens.admin
    },
  }
}

/** All of them under one key each: they are few. */
function keptSessions(store: Pick<Store, 'getMeta' | 'setMeta'>): SessionStore {
  const read = async <Value>(key: string): Promise<Value[]> => JSON.parse((await store.getMeta(key)) ?? '[]') as Value[]
  // One change after the other: two log-ins at a time would each write what the other has not seen.
  let last: Promise<unknown> = Promise.resolve()
  const change = <Value>(key: string, work: (values: Value[]) => Value[]): Promise<void> => {
    const changed = last.then(async () => store.setMeta(key, JSON.stringify(work(await read<Value>(key)))))
    last = changed.catch(() => {})
    return changed
  }
  return {
    sessions: () => read<Session>('sessions'),
    putSession: (session) => change<Session>('sessions', (all) => [...all, session]),
    dropSession: (digest) => change<Session>('sessions', (all) => all.filter((one) => one.digest !== digest)),
    links: () => read<Link>('links'),
    putLink: (link) => change<Link>('links', (all) => [...all.filter(({ id }) => id !== link.id), link]),
  }
}

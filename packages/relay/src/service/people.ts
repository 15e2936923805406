import { randomBytes } from 'node:crypto'
import type { Engine, Runtime } from '../engine/index.ts'
import { type Link, type People, SessionBook, type SessionStore, type Tokens, Tries } from '../http/index.ts'
import type { Sessions, Store } from '../store/index.ts'
import type { Live } from './live.ts'

const SECRET_BYTES = 32
const LINKS = 'links'
const LOGIN_TRIES = { perAddress: 5, inAll: 60 }
/** A program tries again by itself; nobody finds a token at this pace. */
const BEARER_TRIES = { perAddress: 300, inAll: 3_000 }

/** Who is logged in, as the store has it. */
export async function createPeople(live: Live, store: Store, { clock }: Engine, runtime: Runtime): Promise<People> {
  const monotonic = (): number => runtime.monotonic()
  const sessions = new SessionBook({
    store: keptSessions(store, () => clock.now()),
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

/** Sessions have rows of their own; links lie under one key, for they are few and change seldom. */
function keptSessions(store: Pick<Store, 'getMeta' | 'setMeta' | keyof Sessions>, now: () => number): SessionStore {
  const links = async (): Promise<Link[]> => JSON.parse((await store.getMeta(LINKS)) ?? '[]') as Link[]
  // One change after the other: two at a time would each write what the other has not seen.
  let last: Promise<unknown> = Promise.resolve()
  return {
    async sessions() {
      const kept = await store.listSessions('session', now())
      return kept.map(({ digest, who, createdMs, endsMs }) => ({
        digest,
        tokenDigest: who,
        createdMs,
        expiresMs: endsMs,
      }))
    },
    putSession({ digest, tokenDigest, createdMs, expiresMs }, { role, pixels }) {
      const may = { role, pixels: pixels === '*' ? undefined : pixels }
      return store.putSession({ digest, kind: 'session', who: tokenDigest, ...may, createdMs, endsMs: expiresMs })
    },
    dropSession: async (digest) => void (await store.dropSession(digest)),
    links,
    putLink(link) {
      const put = async () =>
        store.setMeta(LINKS, JSON.stringify([...(await links()).filter(({ id }) => id !== link.id), link]))
      const changed = last.then(put)
      last = changed.catch(() => {})
      return changed
    },
  }
}

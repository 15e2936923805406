import { changesOf, STATE_KEY } from '../../changed-state.ts'
import type { Mark, Marks, NewMark } from '../../mark.ts'
import type { Session as LogIn, Sessions } from '../../session.ts'
import type { Session } from '../connection/database.ts'
import type { Core } from '../core.ts'
import { fromText, toText, toTextOrNull } from '../text.ts'

const MAX_TEXT = 200

const ADD_MARK = 'insert into waybill_store.mark (at_ms, by, text, pixel) values ($1, $2, $3, $4) returning seq'
const NOTED = 'select value from waybill_store.meta where key = $1 for update'
export const PUT_META = `
  insert into waybill_store.meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value`

/** What people note, and who they are. */
export function peopleCalls(core: Core): Marks & Sessions {
  const { database } = core
  return {
    addMark: (mark) => addMark(database, mark),
    dropMark: async (seq) =>
      (await database.query('delete from waybill_store.mark where seq = $1 returning seq', [seq])).length > 0,
    noteState: (state, nowMs) => noteState(core, state, nowMs),
    ...sessionCalls(core),
  }
}

async function addMark(session: Session, mark: NewMark): Promise<Mark> {
  const { atMs, by, pixel } = mark
  const text = mark.text.slice(0, MAX_TEXT)
  const [added] = await session.query<{ seq: number }>(ADD_MARK, [atMs, toText(by), toText(text), toTextOrNull(pixel)])
  return { ...mark, text, seq: added!.seq }
}

/** Relays that start at once note it one after the other. */
async function noteState(
  { database }: Core,
  state: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<readonly Mark[]> {
  return database.transaction(async (session) => {
    const [noted] = await session.query<{ value: string }>(NOTED, [STATE_KEY])
    await session.query(PUT_META, [STATE_KEY, toText(JSON.stringify(state))])
    if (noted === undefined) return []
    const marks: Mark[] = []
    for (const text of changesOf(JSON.parse(fromText(noted.value)) as Record<string, string>, state))
      marks.push(await addMark(session, { atMs: nowMs, by: 'waybill', text }))
    return marks
  })
}

const SESSION = 'digest, kind, who, role, pixels, created_ms, ends_ms'
const PUT_SESSION = `
  insert into waybill_store.session (${SESSION}) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (digest) do update set kind = excluded.kind, who = excluded.who, role = excluded.role, pixels = excluded.pixels,
    created_ms = excluded.created_ms, ends_ms = excluded.ends_ms`

interface SessionColumns {
  readonly digest: string
  readonly kind: LogIn['kind']
  readonly who: string
  readonly role: LogIn['role']
  readonly pixels: readonly string[] | null
  readonly created_ms: number
  readonly ends_ms: number
}

function sessionCalls({ database }: Core): Sessions {
  const list = async (where: string, values: readonly unknown[]): Promise<LogIn[]> =>
    (await database.read<SessionColumns>(`select ${SESSION} from waybill_store.session where ${where}`, values)).map(
      readSession,
    )
  return {
    async putSession({ digest, kind, who, role, pixels, createdMs, endsMs }) {
      const kept = pixels === undefined ? null : pixels.map(toText)
      await database.query(PUT_SESSION, [digest, kind, toText(who), role, kept, createdMs, endsMs])
    },
    getSession: async (digest, nowMs) => (await list('digest = $1 and ends_ms > $2::float8', [digest, nowMs]))[0],
    listSessions: (kind, nowMs) => list('kind = $1 and ends_ms > $2::float8 order by created_ms desc', [kind, nowMs]),
    dropSession: async (digest) =>
      (await database.query('delete from waybill_store.session where digest = $1 returning digest', [digest])).length >
      0,
    dropSessionsOf: async (who) =>
      (await database.query('delete from waybill_store.session where who = $1 returning digest', [toText(who)])).length,
  }
}

function readSession({ digest, kind, who, role, pixels, created_ms, ends_ms }: SessionColumns): LogIn {
  const of = pixels === null ? undefined : pixels.map(fromText)
  return { digest, kind, who: fromText(who), role, pixels: of, createdMs: created_ms, endsMs: ends_ms }
}

import { changesOf, STATE_KEY } from '../changed-state.ts'
import type { Mark, Marks, NewMark } from '../mark.ts'
import type { Sessions } from '../session.ts'
import type { MemoryData } from './data.ts'

const MAX_TEXT = 200

/** What people note, and who they are. */
export function memoryPeople(data: MemoryData): Marks & Sessions {
  const add = (mark: NewMark): Mark => {
    const kept = { ...mark, text: mark.text.slice(0, MAX_TEXT), seq: (data.marks.at(-1)?.seq ?? 0) + 1 }
    data.marks.push(kept)
    return kept
  }
  return {
    addMark: async (mark) => add(mark),
    async dropMark(seq) {
      const at = data.marks.findIndex((mark) => mark.seq === seq)
      if (at >= 0) data.marks.splice(at, 1)
      return at >= 0
    },
    async noteState(state, nowMs) {
      const before = data.meta.get(STATE_KEY)
      data.meta.set(STATE_KEY, JSON.stringify(state))
      const changes = before === undefined ? [] : changesOf(JSON.parse(before) as Record<string, string>, state)
      return changes.map((text) => add({ atMs: nowMs, by: 'waybill', text }))
    },
    ...memorySessions(data),
  }
}

function memorySessions({ sessions }: MemoryData): Sessions {
  return {
    putSession: async (session) => void sessions.set(session.digest, session),
    async getSession(digest, nowMs) {
      const found = sessions.get(digest)
      return found !== undefined && found.endsMs > nowMs ? found : undefined
    },
    listSessions: async (kind, nowMs) =>
      [...sessions.values()]
        .filter((session) => session.kind === kind && session.endsMs > nowMs)
        .sort((a, b) => b.createdMs - a.createdMs),
    dropSession: async (digest) => sessions.delete(digest),
    async dropSessionsOf(who) {
      const theirs = [...sessions.values()].filter((session) => session.who === who)
      for (const { digest } of theirs) sessions.delete(digest)
      return theirs.length
    },
  }
}

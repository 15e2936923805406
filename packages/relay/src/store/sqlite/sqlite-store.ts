import { existsSync } from 'node:fs'
import { assertLimit, assertNewEvents } from '../arguments.ts'
import type { Contexts } from '../context.ts'
import { StoreError } from '../errors.ts'
import type { Acceptance, NewEvent } from '../event.ts'
import type { By, Hold } from '../hold.ts'
import type { LeaseQuery, Ready } from '../lease.ts'
import type { Marks } from '../mark.ts'
import type { Reads } from '../reads/index.ts'
import type { Sessions } from '../session.ts'
import type { Ageing, Holds, Operator, Store } from '../store.ts'
import type { Tasks } from '../task.ts'
import { Turn } from '../turn.ts'
import type { Core } from './core.ts'
import type { GroupCommit, Operation } from './group-commit.ts'
import type { Join } from './join.ts'
import { accept } from './operations/accept.ts'
import { listActions } from './operations/actions.ts'
import { bringForward } from './operations/bring-forward.ts'
import { check } from './operations/check.ts'
import { dropContext, getContexts, putContext } from './operations/context.ts'
import { counts, pixels, shapes } from './operations/count.ts'
import { endSuspicion } from './operations/end-suspicion.ts'
import { expire } from './operations/expire.ts'
import { expiring } from './operations/expiring.ts'
import { hold, resume } from './operations/hold.ts'
import { keepNumbers } from './operations/keep-numbers.ts'
import { lease, ready } from './operations/lease.ts'
import { addMark, noteState } from './operations/mark.ts'
import { prune } from './operations/prune.ts'
import { refusedGroups } from './operations/refused-groups.ts'
import { discard, edit, replay } from './operations/replay.ts'
import { keepRequest } from './operations/request.ts'
import { search } from './operations/search.ts'
import { selectRows } from './operations/select.ts'
import { settle } from './operations/settle.ts'
import { show, showRow } from './operations/show.ts'
import { endTask, startTask, stepTask, taskEvents } from './operations/task.ts'

/** What the store needs beside its file. */
export interface Beside {
  readonly reads: Reads & { close(): Promise<void> }
  readonly closeFile: () => void
}

/** The port on one file: each call is an operation of a group commit, or a read between two of them. */
export function sqliteStore(core: Core, group: GroupCommit, { reads, closeFile }: Beside): Store {
  const write = <Result>(run: () => Result, size: Partial<Operation<Result>> = {}): Promise<Result> =>
    group.submit({ run, rows: 1, bytes: 0, grows: false, ...size })
  const read = async <Result>(run: () => Result): Promise<Result> => {
    const error = group.stopped()
    if (error !== undefined) throw error
    return run()
  }
  const { statements } = core
  const turns = { pixels: new Turn(), apart: new Turn() }

  return {
    async accept(events, nowMs) {
      assertNewEvents(events)
      return events.length === 0 ? [] : group.submit(acceptance(core, events, nowMs))
    },
    lease: (query) => leaseWhenDue(core, query, read, write),
    settle: (call) => {
      const rows = call.settlements.reduce((total, settlement) => total + settlement.rows.length, 0)
      return write(() => settle(core, call), { rows })
    },
    extend: (token, forMs) => read(() => core.queue.extend(token, forMs)),
    release: (token, rows) => read(() => core.queue.giveBack(token, rows)),
    reclaim: () => read(() => core.queue.reclaim()),
    recordRequest: (request) => write(() => keepRequest(core, request), { rows: request.rows.length }),
    ready: (nowMs, { limit } = {}) => read(() => someOf(ready(core, nowMs), turns, limit)),

    ...holdCalls(core, read, write),
    ...ageingCalls(core, read, write),

    show: (id, pixel) => read(() => show(core, id, pixel)),
    showRow: (row) => read(() => showRow(core, row)),
    search: (wanted) => read(() => search(core, wanted)),
    refusedGroups: () => read(() => refusedGroups(core)),
    counts: () => read(() => counts(core)),
    pixels: () => read(() => pixels(core)),
    shapes: (pixel) => read(() => shapesOf(core, pixel)),

    ...operatorCalls(core, read, write),
    ...contextCalls(core, read, write),
    ...taskCalls(core, read, write),
    ...peopleCalls(core, read, write),

    prune: (call) => write(() => prune(core, call)),
    keepNumbers: (nowMs) => write(() => keepNumbers(core, nowMs)),
    getMeta: (key) => read(() => statements.meta.get(key)),
    setMeta: (key, value) => write(() => statements.meta.set(key, value)),
    check: () => read(() => check(core)),
    reads,
    file: { backup: (path) => backup(core, path, read) },
    async close() {
      await reads.close()
      closeFile()
    },
  }
}

function someOf(all: Ready, turns: Readonly<Record<'pixels' | 'apart', Turn>>, limit: number | undefined): Ready {
  if (limit === undefined) return all
  return { ...all, pixels: turns.pixels.take(all.pixels, limit), apart: turns.apart.take(all.apart, limit) }
}

function holdCalls(core: Core, read: Run, write: Write): Holds {
  return {
    holdPixel: (pixel: string, why: Hold) => write(() => hold(core, pixel, undefined, why)),
    resumePixel: (pixel: string, by: By) => write(() => resume(core, pixel, undefined, by)),
    holdShape: (pixel: string, shape: string, why: Hold) => write(() => hold(core, pixel, shape, why)),
    resumeShape: (pixel: string, shape: string, by: By) => write(() => resume(core, pixel, shape, by)),
    holds: () => read(() => core.holds.list(core.terms)),
  }
}

function operatorCalls(core: Core, read: Run, write: Write): Operator {
  return {
    countSelected: (selection, limit) => read(() => selectRows(core, selection, limit).length),
    replay: (selection, call) => write(() => replay(core, selection, call)),
    edit: (row, content, by) => write(() => edit(core, row, content, by)),
    discard: (selection, call) => write(() => discard(core, selection, call)),
    endSuspicion: (selection, call) => write(() => endSuspicion(core, selection, call)),
    recordAction: (action) => write(() => core.statements.account.addAction(action)),
    listActions: ({ cursor, limit }) => read(() => listActions(core, cursor, limit)),
  }
}

function ageingCalls(core: Core, read: Run, write: Write): Ageing {
  return {
    expire: (call) => write(() => expire(core, call)),
    bringForward: (call) => write(() => bringForward(core, call)),
    expiring: (range) => read(() => expiring(core, range)),
  }
}

function contextCalls(core: Core, read: Run, write: Write): Contexts {
  return {
    putContext: (pixel, key, value, nowMs) =>
      write(() => putContext(core, pixel, key, value, nowMs), { bytes: value.length, grows: true }),
    getContexts: (pixel, keys) => read(() => getContexts(core, pixel, keys)),
    dropContext: (pixel, key) => write(() => dropContext(core, pixel, key)),
    pruneContexts: ({ putBeforeMs, limit }) => write(() => core.statements.context.prune(putBeforeMs, limit)),
  }
}

function taskCalls(core: Core, read: Run, write: Write): Tasks {
  const { task } = core.statements
  return {
    startTask: (call) => write(() => startTask(core, call)),
    getTask: (id) => read(() => task.get(id)),
    runningTasks: () => read(() => task.running()),
    taskEvents: (id, limit) => read(() => taskEvents(core, id, limit)),
    stepTask: (step) =>
      write(() => stepTask(core, step), { rows: (step.edits?.length ?? 0) + (step.rows?.length ?? 0) }),
    endTask: (id, end) => write(() => endTask(core, id, end)),
  }
}

/** What people note, and who they are. */
function peopleCalls(core: Core, read: Run, write: Write): Marks & Sessions {
  const { mark, session } = core.statements
  return {
    addMark: (one) => write(() => addMark(core, one)),
    dropMark: (seq) => write(() => mark.drop(seq)),
    noteState: (state, nowMs) => write(() => noteState(core, state, nowMs)),
    putSession: (one) =>
      write(() => {
        session.prune(one.createdMs)
        session.put(one)
      }),
    getSession: (digest, nowMs) => read(() => session.get(digest, nowMs)),
    listSessions: (kind, nowMs) => read(() => session.list(kind, nowMs)),
    dropSession: (digest) => write(() => session.drop(digest)),
    dropSessionsOf: (who) => write(() => session.dropOf(who)),
  }
}

type Write = <Result>(run: () => Result, size?: Partial<Operation<Result>>) => Promise<Result>
type Run = <Result>(run: () => Result) => Promise<Result>

async function leaseWhenDue(core: Core, query: LeaseQuery, read: Run, write: Run): ReturnType<Store['lease']> {
  assertLimit(query.limit)
  assertLimit(query.maxBytes ?? 1, 'maxBytes')
  const pixel = await read(() => core.terms.find(query.pixel))
  if (pixel === undefined) return undefined
  if (core.queue.nextDue(pixel) <= query.nowMs) await write(() => core.queue.becomeDue(pixel, query.nowMs))
  return read(() => lease(core, pixel, query))
}

function acceptance(core: Core, events: readonly NewEvent[], nowMs: number): Operation<Acceptance[]> {
  const run = (all: readonly NewEvent[]): Acceptance[] => accept(core, all, nowMs)
  const join: Join = { key: `accept ${nowMs}`, items: events, runAll: run as Join['runAll'] }
  return { run: () => run(events), rows: events.length, bytes: bytesOf(events), grows: true, join }
}

function shapesOf(core: Core, pixel: string): ReturnType<typeof shapes> {
  const term = core.terms.find(pixel)
  return term === undefined ? [] : shapes(core, term)
}

async function backup(core: Core, path: string, read: Run): Promise<void> {
  if (existsSync(path)) throw new StoreError(`${path} exists already.`, { hint: 'Name a file that does not exist.' })
  await await read(() => core.database.backup(path))
}

function bytesOf(events: readonly NewEvent[]): number {
  return events.reduce((total, { wire }) => total + wire.length, 0)
}

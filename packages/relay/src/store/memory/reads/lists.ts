import { StoreCursorError } from '../../errors.ts'
import type {
  EventList,
  EventListQuestion,
  EventQuestion,
  KnownAccount,
  ListedEvent,
  ListedRequest,
  ListTotal,
  Range,
  RequestList,
  RequestListQuestion,
  RequestTree,
} from '../../reads/index.ts'
import type { RequestRecord } from '../../request.ts'
import { holdOf, type MemoryData } from '../data.ts'
import { type Entry, summarise } from '../entry.ts'
import { countOf, isIn, isMeant, wholeMinutes } from './numbers.ts'

const MAX_COUNTED = 10_000
const MAX_LIMIT = 1_000

export function events(data: MemoryData, question: EventListQuestion): EventList {
  const { state, code, idPrefix, orderKey, suspect, identity, fromMs, untilMs, cursor, limit } = question
  checkLimit(limit)
  const range = wholeMinutes(question)
  const isMine = meantBy(data, question, range)
  const found = data.entries.filter(isMine).sort(orderOf(question))
  const at = cursorAt(cursor)
  const countsItself =
    (idPrefix ?? orderKey ?? suspect ?? identity) !== undefined || (code !== undefined && !isEnd(state))
  const forgotten = countsItself || (state !== undefined && !isEnd(state)) ? [] : data.pruned.filter(isMine)
  const isExact = !countsItself || found.length <= MAX_COUNTED
  const counted = countsItself ? found.slice(0, MAX_COUNTED) : [...found, ...forgotten]
  const next = at + limit
  return {
    events: found.slice(at, next).map((entry) => listed(data, entry)),
    cursor: next < found.length ? String(next) : undefined,
    isCut: false,
    total: acceptedTotal(data, question, range) ?? { ...countOf(counted.map(({ event }) => moneyOf(event))), isExact },
    range:
      fromMs === undefined && untilMs === undefined
        ? undefined
        : {
            ...(fromMs !== undefined && { fromMs: range.fromMs }),
            ...(untilMs !== undefined && { untilMs: range.untilMs }),
          },
    forgotten: forgotten.length,
  }
}

/** With a time and no state: what was accepted then. */
function acceptedTotal(data: MemoryData, question: EventListQuestion, range: Range): ListTotal | undefined {
  const { state, code, idPrefix, orderKey, suspect, identity, fromMs, untilMs } = question
  if ((state ?? code ?? idPrefix ?? orderKey ?? suspect ?? identity) !== undefined || (fromMs ?? untilMs) === undefined)
    return undefined
  const accepted = data.happenings.filter(({ kind, atMs }) => kind === 'accepted' && isIn(range, atMs))
  return { ...countOf(accepted.filter((each) => isMeant(each, question))), isExact: true }
}

function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new TypeError(`limit must be from 1 to ${MAX_LIMIT}.`)
}

function cursorAt(cursor: string = '0'): number {
  if (!/^\d+$/.test(cursor)) throw new StoreCursorError('The cursor is none that a page gave.')
  return Number(cursor)
}

function meantBy(
  data: MemoryData,
  question: EventListQuestion,
  range: ReturnType<typeof wholeMinutes>,
): (entry: Entry) => boolean {
  const { state, pixels, name, source, code, shape, idPrefix, orderKey, suspect, identity } = question
  return (entry) => {
    const seen = summarise(entry, holdOf(data, entry))
    if (state !== undefined && seen.state !== state) return false
    if (pixels !== undefined && !pixels.includes(seen.pixel)) return false
    if (name !== undefined && seen.name !== name) return false
    if (source !== undefined && seen.source !== source) return false
    if (code !== undefined && seen.code !== code) return false
    if (shape !== undefined && seen.shape !== shape) return false
    if (idPrefix !== undefined && seen.id?.startsWith(idPrefix) !== true) return false
    if (orderKey !== undefined && entry.event.contexts?.includes(orderKey) !== true) return false
    if (identity !== undefined && !(entry.hasBody && entry.event.wire.includes(identity))) return false
    if (suspect === true && seen.suspicion === undefined) return false
    return isIn(range, isEnd(state) ? (seen.endedMs ?? 0) : seen.acceptedMs)
  }
}

function isEnd(state: EventListQuestion['state']): boolean {
  return state !== undefined && !['queued', 'sending', 'held'].includes(state)
}

function orderOf({ state, idPrefix }: EventListQuestion): (a: Entry, b: Entry) => number {
  if (idPrefix !== undefined) return (a, b) => compare(keyOf(a), keyOf(b))
  if (isEnd(state)) return (a, b) => (b.endedMs ?? 0) - (a.endedMs ?? 0) || b.row - a.row
  return (a, b) => b.row - a.row
}

function keyOf({ event: { id = '' }, row }: Entry): readonly [string, number] {
  return [id, row]
}

function compare(a: readonly [string, number], b: readonly [string, number]): number {
  return a[0] === b[0] ? a[1] - b[1] : a[0] < b[0] ? -1 : 1
}

export function moneyOf({ amount, currency }: { amount?: number | undefined; currency?: string | undefined }): {
  amount: number | undefined
  currency: string | undefined
} {
  return currency === undefined ? { amount: undefined, currency: undefined } : { amount, currency }
}

export function listed(data: MemoryData, entry: Entry): ListedEvent {
  return { ...summarise(entry, holdOf(data, entry)), ...moneyOf(entry.event) }
}

export function event(data: MemoryData, { id, row, pixels }: EventQuestion): { accounts: KnownAccount[] } {
  if ((id === undefined) === (row === undefined)) throw new TypeError('Ask for an id or for a row.')
  const mine = data.entries
    .filter((entry) => (id === undefined ? entry.row === row : entry.event.id === id))
    .filter(({ event: { pixel } }) => pixels === undefined || pixels.includes(pixel))
  return {
    accounts: mine.map((entry) => ({
      ...listed(data, entry),
      issues: entry.event.issues,
      wire: entry.hasBody ? entry.event.wire : undefined,
      origin: entry.event.origin,
      requests: allRequests(data)
        .filter((_, at) => data.requests[at]!.rows.includes(entry.row))
        .map(({ pixel: _pixel, ...request }) => request),
      history: [...entry.history],
      takeBack: data.fixed.has(entry.row) ? { task: data.fixed.get(entry.row)!.task } : undefined,
    })),
  }
}

function allRequests({ requests }: MemoryData): ListedRequest[] {
  const seqOf = (lease: number, step: number): number | undefined => {
    const at = requests.findIndex(({ place }) => place?.lease === lease && place.step === step)
    return at < 0 ? undefined : at + 1
  }
  return requests.map(({ rows, added: _added, place, ...request }: RequestRecord, at) => ({
    ...request,
    seq: at + 1,
    events: rows.length,
    parent: place?.parent === undefined ? undefined : seqOf(place.lease, place.parent),
  }))
}

export function requests(data: MemoryData, question: RequestListQuestion): RequestList {
  const { pixels, verdict, status, fromMs = 0, untilMs = Number.POSITIVE_INFINITY, cursor, limit } = question
  checkLimit(limit)
  const found = allRequests(data)
    .filter(({ pixel }) => pixels === undefined || pixels.includes(pixel))
    .filter((request) => verdict === undefined || request.verdict === verdict)
    .filter((request) => status === undefined || (request.status ?? 0) === status)
    .filter(({ atMs }) => isIn({ fromMs, untilMs }, atMs))
    .reverse()
  const at = cursorAt(cursor)
  const next = at + limit
  return { requests: found.slice(at, next), cursor: next < found.length ? String(next) : undefined, isCut: false }
}

export function requestTree(
  data: MemoryData,
  { seq, pixels }: { readonly seq: number; readonly pixels?: readonly string[] },
): RequestTree {
  const all = allRequests(data)
  const rootOf = (request: ListedRequest): number => {
    const parent = all.find((each) => each.seq === request.parent)
    return parent === undefined ? request.seq : rootOf(parent)
  }
  const one = all.find((each) => each.seq === seq)
  if (one === undefined || (pixels !== undefined && !pixels.includes(one.pixel))) return { requests: [] }
  return { requests: all.filter((each) => rootOf(each) === rootOf(one)) }
}

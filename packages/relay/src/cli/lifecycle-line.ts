import { HOUR_MS, SECOND_MS } from 'waybill/delivery'
import { count } from './io.ts'
import { plain } from './plain.ts'

/** One message of the relay's stream: `type` and `atMs` in each, the rest by type. */
export interface StreamMessage {
  readonly type: string
  readonly atMs: number
  readonly pixel?: string
  readonly [detail: string]: unknown
}

type Words = (message: StreamMessage) => readonly unknown[]

/** What is said beside time, type and pixel. */
const WORDS: Readonly<Record<string, Words>> = {
  'event:accepted': (message) => ('id' in message ? [message['id'], message['status']] : arrivalWords(message)),
  'source:called': ({ source, skipped, conflicts }) => [
    source,
    toldWords('skipped', skipped),
    toldWords('conflict', conflicts),
  ],
  'source:refused': ({ source, status, reason }) => [source, `turned away ${String(status)}`, reason],
  'event:delivered': ({ name, id, lagMs, mark }) => [name, id, `after ${String(lagMs)} ms`, mark],
  'event:refused': ({ name, id, code, message, at }) => [
    name,
    id,
    code,
    message,
    at === undefined ? '' : `at ${String(at)}`,
  ],
  'event:expired': ({ name, id, code }) => [name, id, code],
  'event:suspected': ({ name, id, kind, times, code, message }) => [
    name,
    id,
    SUSPECTED[String(kind)] ?? kind,
    `(${String(times)}×)`,
    code,
    message,
  ],
  'event:edited': ({ name, id, by }) => [name, id, `by ${String(by)}`],
  'event:expiring': ({ count: events, withinMs }) => [
    `${String(events)} expire within ${Number(withinMs) / HOUR_MS} h`,
  ],
  'shape:held': ({ shape, message }) => [shape, message],
  'shape:resumed': ({ shape, by }) => [shape, byWords(by)],
  'pixel:held': ({ code, message, hint, by }) => [code, message, byWords(by), hint],
  'pixel:resumed': ({ why, by }) => [why, byWords(by)],
  'tls:failed': ({ message, hint }) => [message, hint],
  'request:answered': ({ status, verdict, fault, events, durationMs, validateOnly }) => [
    status ?? 'no answer',
    verdict,
    fault,
    count(Number(events), 'event'),
    `${String(durationMs)} ms`,
    validateOnly === true ? 'only to validate' : '',
  ],
  'outbox:waits': ({ outbox, waiting, oldestMs }) => [
    outbox,
    waiting === undefined ? 'nothing can be taken from it' : `${String(waiting)} wait`,
    oldestMs === undefined ? '' : `the oldest for ${String(Math.round(Number(oldestMs) / SECOND_MS))} s`,
  ],
  'outbox:flows': ({ outbox }) => [outbox],
  'clock:doubted': ({ reason }) => [reason],
  'clock:confirmed': ({ skewMs }) => [`${String(skewMs)} ms from the API's`],
  'clock:wrong': ({ whose, byMs }) => [
    whose === 'machine' ? "this machine's clock is wrong" : "the API's clock is wrong",
    `by ${String(Math.round(Number(byMs) / 1_000))} s`,
  ],
  'canary:answered': ({ shape, passed, code, message }) => [
    passed === true ? 'passed' : 'did not pass',
    shape === undefined ? 'the least event' : String(shape),
    code,
    message,
  ],
  'window:short': ({ message }) => [message],
  'pixel:claimed': ({ from }) => [from === undefined ? '' : `from ${String(from)}, which is gone`],
  'pixel:left': ({ why }) => [why],
  'chores:claimed': ({ what }) => [what],
  'claims:ended': ({ pixels }) => [count(Number(pixels), 'pixel')],
  'claims:renewed': ({ pixels }) => [count(Number(pixels), 'pixel')],
  'holds:found': ({ holds }) => [`${String(holds)} held since before the start`],
}

/** Why an event waits by itself. */
const SUSPECTED: Readonly<Record<string, string>> = {
  refused: 'refused once, not for good',
  fails: 'the API fails on it',
  too_large: 'answered 413',
  too_old: 'called too old',
}

function arrivalWords({ count: accepted, duplicates, refused, codes, source }: StreamMessage): readonly unknown[] {
  const why = Object.entries((codes ?? {}) as object).map(([code, events]) => `${code} ${String(events)}`)
  return [
    `${String(accepted)} from ${String(source)}`,
    duplicates === 0 ? '' : `${String(duplicates)} known before`,
    refused === 0 ? '' : `${String(refused)} refused (${why.join(', ')})`,
  ]
}

/** Each code with the keys that it was said of. */
function toldWords(word: string, told: unknown): string {
  const list = Array.isArray(told)
    ? (told as readonly { readonly code: string; readonly ref?: string; readonly message: string }[])
    : []
  return list
    .map(({ code, ref, message }) => [word, code, ref, message].filter((part) => part !== undefined).join(' '))
    .join('; ')
}

function byWords(by: unknown): string {
  return by === undefined ? '' : `by ${String(by)}`
}

/** A message as one line for people. Of a type that is not known, all there is. */
export function lifecycleLine(message: StreamMessage): string {
  const { type, atMs, pixel } = message
  const words = WORDS[type]?.(message) ?? unknownWords(message)
  const parts = [pixel, ...words]
  const about = parts
    .filter((part) => part !== undefined && part !== '')
    .map((part) => plain(String(part)))
    .join('  ')
  return `${new Date(atMs).toISOString()}  ${plain(type).padEnd(16)}  ${about}`.trimEnd()
}

function unknownWords({ type: _type, atMs: _atMs, pixel: _pixel, ...rest }: StreamMessage): readonly unknown[] {
  return Object.keys(rest).length === 0 ? [] : [JSON.stringify(rest)]
}

import { type Answer, errorAnswer, type FieldError } from './answer.ts'
import type { EventError } from './event-error.ts'
import type { WireEvent } from './ledger.ts'

/** The event of an image tag's query, or the answer to a query that holds none. */
export type ReadTag =
  | { readonly event: WireEvent; readonly refusal: null }
  | { readonly event: null; readonly refusal: Answer }

type Fields = Map<string, unknown>

interface Draft {
  readonly top: Fields
  readonly data: Fields
}

type Place = (draft: Draft, match: RegExpExecArray, value: string) => void

const APP_EVENTS = ['app_installed', 'app_opened']
const TOP_NAMES: Readonly<Record<string, string>> = { event: 'type', event_id: 'id' }

// Every parameter that exists, and where in the event its value goes.
const PARAMETERS: readonly (readonly [pattern: RegExp, place: Place])[] = [
  [/^pid$/, () => undefined],
  [
    /^(event|event_id|custom_event_name|oppref)$/,
    ({ top }, [, name = ''], value) => top.set(TOP_NAMES[name] ?? name, value),
  ],
  [/^data\[(type|amount|currency|plan_id)\]$/, ({ data }, [, key = ''], value) => data.set(key, typed(key, value))],
  [/^data\[contents\]$/, ({ data }, _match, value) => data.set('contents', parsed(value))],
]

/** Reads the query of an image tag into an event of the moment `nowMs`. */
export function readTag(query: URLSearchParams, nowMs: number): ReadTag {
  const draft: Draft = { top: new Map(), data: new Map() }
  const seen = new Set<string>()
  for (const [name, value] of query) {
    if (seen.has(name)) return refuse(name, 'may stand only once.', 'repeated_parameter')
    seen.add(name)
    if (!place(draft, name, value)) return refuse(name, 'is not a known parameter.', 'unknown_parameter')
  }
  return finish(draft, nowMs)
}

function place(draft: Draft, name: string, value: string): boolean {
  for (const [pattern, put] of PARAMETERS) {
    const match = pattern.exec(name)
    if (match === null) continue
    put(draft, match, value)
    return true
  }
  return false
}

function finish({ top, data }: Draft, nowMs: number): ReadTag {
  if (APP_EVENTS.includes(String(top.get('type')))) {
    return refuse('event', 'is an app event, which only a server may send.', 'app_event_not_allowed')
  }
  const event = { ...plain(top), timestamp_ms: nowMs, data: plain(data) } as unknown as WireEvent
  return { event, refusal: null }
}

const SERVER_ONLY_ITEM_KEYS = ['group_id', 'variant_dict']

/** Keys of items that a server may send and the image tag may not. */
export function serverOnlyErrors({ data }: WireEvent): EventError[] {
  const items = (data as { readonly contents?: unknown } | null)?.contents
  if (!Array.isArray(items)) return []
  return items.flatMap((item: unknown, index) =>
    SERVER_ONLY_ITEM_KEYS.filter((key) => typeof item === 'object' && item !== null && Object.hasOwn(item, key)).map(
      (key) => ({
        path: `data.contents[${index}].${key}`,
        code: 'unknown_content_field',
        rule: 'is not a known field.',
      }),
    ),
  )
}

/** The answer to an image tag whose event is invalid, in the names of its parameters. */
export function refuseTag(errors: readonly EventError[]): Answer {
  const named = errors.map(({ path, code, rule }): FieldError => {
    const param = parameterOf(path)
    return { message: `${param} ${rule}`, param, code }
  })
  const message = 'Invalid event. See errors for details.'
  return errorAnswer(400, { message, param: named[0]?.param ?? null, code: 'invalid_event', errors: named })
}

function refuse(param: string, rule: string, code: string): ReadTag {
  return { event: null, refusal: errorAnswer(400, { message: `${param} ${rule}`, param, code }) }
}

function parameterOf(path: string): string {
  const [first = '', ...rest] = path.split(/[.[\]]+/).filter((step) => step !== '')
  const name = { type: 'event', id: 'event_id' }[first] ?? (first === '' ? 'event' : first)
  return name + rest.map((step) => `[${step}]`).join('')
}

/** A query knows only text: what looks like an integer becomes one, the rest is left for the contract to refuse. */
function typed(key: string, value: string): unknown {
  return key === 'amount' && /^-?\d+$/.test(value) ? Number(value) : value
}

/** The items travel as JSON in one parameter; text that is none is left for the contract to refuse. */
function parsed(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

/** `fromEntries` makes own keys even of `__proto__`. */
function plain(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(fields)
}

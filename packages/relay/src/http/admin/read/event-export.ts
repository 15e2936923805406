import { Readable } from 'node:stream'
import { z } from 'zod'
import type { EventFilter } from '../../../store/index.ts'
import { type Answer, textAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { csvLine } from './csv.ts'
import { type EventView, eventView } from './event-view.ts'
import { filterFields, filterOf } from './filter.ts'

const PAGE = 1_000
const FORMAT = 'write csv or json'

const exportQuery = z.strictObject({
  ...filterFields,
  suspect: z.literal('true', { error: 'write true' }).optional(),
  format: z.enum(['csv', 'json'], { error: FORMAT }).default('csv'),
})

type Format = 'csv' | 'json'
interface Form {
  readonly contentType: string
  readonly head: string
  readonly line: (event: EventView, isFirst: boolean) => string
  readonly foot: string
}

const COLUMNS: readonly (readonly [name: string, of: (event: EventView) => string | number | null])[] = [
  ['row', ({ row }) => row],
  ['pixel', ({ pixel }) => pixel],
  ['name', ({ name }) => name],
  ['id', ({ id }) => id],
  ['state', ({ state }) => state],
  ['code', ({ code }) => code],
  ['message', ({ message }) => message],
  ['source', ({ source }) => source],
  ['time', ({ timestampMs }) => timeText(timestampMs)],
  ['accepted', ({ acceptedMs }) => timeText(acceptedMs)],
  ['ended', ({ endedMs }) => (endedMs === null ? null : timeText(endedMs))],
  ['amount_minor', ({ amount }) => amount],
  ['currency', ({ currency }) => currency],
  ['attempts', ({ attempts }) => attempts],
]

const FORMS: Readonly<Record<Format, Form>> = {
  csv: {
    contentType: 'text/csv; charset=utf-8',
    // By it a spreadsheet reads UTF-8.
    head: `\uFEFF${csvLine(COLUMNS.map(([name]) => name))}`,
    line: (event) => csvLine(COLUMNS.map(([, of]) => of(event))),
    foot: '',
  },
  json: {
    contentType: 'application/json',
    head: '[',
    line: (event, isFirst) => `${isFirst ? '' : ','}\n${JSON.stringify(event)}`,
    foot: '\n]\n',
  },
}

/** `/api/events/export`: all events of a list, as a file. */
export function eventExportRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/events/export',
    access: 'viewer',
    summary: 'All events of a list as CSV or JSON. Cells that a spreadsheet would take for formulas are texts.',
    query: exportQuery,
    answers: { 200: 'The file.' },
    async handle({ query: { format, ...query }, pixels }) {
      const filter = filterOf(query, pixels)
      const body = Readable.from(linesOf(filter, FORMS[format], options))
      return attachment(textAnswer(200, FORMS[format].contentType, body), `events.${format}`)
    },
  })
}

function attachment(answer: Answer, name: string): Answer {
  return { ...answer, headers: { ...answer.headers, 'content-disposition': `attachment; filename="${name}"` } }
}

async function* linesOf(filter: EventFilter, form: Form, { reads }: AdminOptions): AsyncGenerator<string> {
  let text = form.head
  let isFirst = true
  let cursor: string | undefined
  do {
    const page = await reads.ask('events', { ...filter, ...given({ cursor }), limit: PAGE })
    for (const event of page.events) {
      text += form.line(eventView(event), isFirst)
      isFirst = false
    }
    yield text
    text = ''
    cursor = page.cursor
  } while (cursor !== undefined)
  yield form.foot
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString()
}

import { Readable } from 'node:stream'
import { isObject } from 'waybill/delivery'
import { z } from 'zod'
import type { Account, Search } from '../../store/index.ts'
import { type Answer, errorAnswer, textAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'
import { accountView } from './events.ts'
import { given, pixelField, timeField } from './fields.ts'
import type { AdminOptions } from './options.ts'
import { maySee, type Scope } from './scope.ts'

const PAGE = 100
const FORM = 'write events or accounts'

const exportQuery = z.strictObject({
  pixel: pixelField.optional(),
  code: z.string().max(200).optional(),
  since: timeField.optional(),
  form: z.enum(['events', 'accounts'], { error: FORM }).default('events').meta({
    description: '`events`: each with `codes` and `reasons`, as `waybill send` reads it. `accounts`: all there is.',
  }),
})
type Wanted = z.output<typeof exportQuery>

/** `/api/refused/export`: refused events, to be fixed elsewhere. */
export function exportRoute(options: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/refused/export',
    access: 'viewer',
    summary: 'Refused events as NDJSON, one a line, to fix and send again. Identities are digests.',
    query: exportQuery,
    answers: { 200: 'The lines.', 400: 'The events of several pixels, whose lines would not say which is whose.' },
    handle: ({ query, pixels }) => exportAll(query, pixels, options),
  })
}

async function exportAll(wanted: Wanted, scope: Scope, options: AdminOptions): Promise<Answer> {
  // Whoever sends the lines again names one pixel for all of them.
  if (wanted.form === 'events' && wanted.pixel === undefined && (await pixelsOfRefused(scope, options)) > 1)
    return WHICH_PIXEL
  return textAnswer(200, 'application/x-ndjson', Readable.from(linesOf(wanted, scope, options)))
}

async function pixelsOfRefused(scope: Scope, { store }: AdminOptions): Promise<number> {
  const pixels = (await store.refusedGroups()).map(({ pixel }) => pixel)
  return new Set(pixels.filter((pixel) => maySee(scope, pixel))).size
}

async function* linesOf(
  { pixel, code, since, form }: Wanted,
  scope: Scope,
  { store }: AdminOptions,
): AsyncGenerator<string> {
  const search: Search = { state: 'refused', ...given({ pixel, code }), limit: PAGE }
  let cursor: string | undefined
  do {
    const page = await store.search(cursor === undefined ? search : { ...search, cursor })
    for (const { row, endedMs = 0, pixel: own } of page.items) {
      const isMeant = endedMs >= (since ?? 0) && maySee(scope, own)
      const account = isMeant ? await store.showRow(row) : undefined
      if (account?.state === 'refused') yield `${JSON.stringify(FORMS[form](account))}\n`
    }
    cursor = page.cursor
  } while (cursor !== undefined)
}

const FORMS: Readonly<Record<Wanted['form'], (account: Account) => object>> = {
  accounts: accountView,
  events: eventWithReasons,
}

/** The form of a refused file: `send` passes over what was added. What is no object is kept as text, to be fixed in place. */
function eventWithReasons({ wire = '{}', issues, code, message }: Account): object {
  const event: unknown = JSON.parse(wire)
  const errors = issues.filter(({ severity }) => severity === 'error')
  const codes = [...new Set([code ?? 'refused', ...errors.map((issue) => issue.code)])]
  const reasons = [...new Set([...(message ? [message] : []), ...errors.map((issue) => issue.message)])]
  return { ...(isObject(event) ? event : { raw: wire }), codes, reasons }
}

const WHICH_PIXEL = errorAnswer(
  400,
  'Events of several pixels are refused: name one pixel, or ask for form=accounts.',
  {
    param: 'pixel',
    code: 'several_pixels',
  },
)

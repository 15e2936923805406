import { z } from 'zod'
import type { Groups, Series } from '../../../store/index.ts'
import { jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { countField, cursorField, given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { maySee, pixelsAsked } from '../scope.ts'
import { listedRequestSchema, requestView } from './account-view.ts'
import { isRange, rangeFields, rangeOf, readFields } from './shared.ts'

const listQuery = z.strictObject({
  ...rangeFields,
  verdict: z.string().max(100).optional(),
  status: z.coerce.number().int().min(0).max(999).optional().meta({ description: '0: no answer came.' }),
  cursor: cursorField,
  limit: countField(1_000, 50),
})
const listSchema: z.ZodType = z.strictObject({
  ...readFields,
  requests: z.array(listedRequestSchema),
  cursor: z.string().optional(),
  partial: z.boolean(),
})
const treeSchema: z.ZodType = z.strictObject({ ...readFields, requests: z.array(listedRequestSchema) })

const numbers = z.array(z.number())
const summarySchema: z.ZodType = z.strictObject({
  ...readFields,
  step: z.string(),
  columns: z.strictObject({
    atMs: numbers,
    passed: numbers,
    refused: numbers,
    limited: numbers,
    failed: numbers,
    held: numbers,
  }),
  verdicts: z.array(z.strictObject({ verdict: z.string(), status: z.number(), requests: z.number() })),
  pace: z.array(
    z.strictObject({
      pixel: z.string(),
      maxRequestsPerSecond: z.number(),
      concurrency: z.number(),
      inFlight: z.number(),
      waitsMs: z.number().meta({ description: 'How long it leaves the API alone from now.' }),
      preflight: z.string(),
    }),
  ),
})

/** `/api/requests`: how the API treats us. */
export function requestRoutes(options: AdminOptions): readonly Route[] {
  const { reads, clock } = options
  return [
    checkedRoute({
      method: 'GET',
      path: '/api/requests',
      access: 'viewer',
      summary: 'Requests to the API, the newest first, each with the one whose group it was taken from.',
      query: listQuery,
      answers: { 200: 'A page; `cursor` leads to the next.' },
      answerBodies: { 200: listSchema },
      async handle({ query: { pixel, verdict, status, from, until, cursor, limit }, pixels }) {
        const asks = given({
          pixels: pixelsAsked(pixels, pixel),
          verdict,
          status,
          fromMs: from,
          untilMs: until,
          cursor,
        })
        const { requests, cursor: next, isCut, commit } = await reads.ask('requests', { ...asks, limit })
        const views = requests.map((one) => ({ pixel: one.pixel, ...requestView(one) }))
        return jsonAnswer(200, { commit, atMs: clock.now(), requests: views, cursor: next, partial: isCut })
      },
    }),
    checkedRoute({
      method: 'GET',
      path: '/api/requests/:key/tree',
      access: 'viewer',
      summary: 'The requests that one belongs to: its ancestors, and all that descend from the first of them.',
      params: z.object({ key: z.coerce.number().int().min(0) }),
      answers: { 200: 'The requests; none where there is no such one.' },
      answerBodies: { 200: treeSchema },
      async handle({ params, pixels }) {
        const asks = { seq: params.key, ...given({ pixels: pixelsAsked(pixels, undefined) }) }
        const { requests, commit } = await reads.ask('requestTree', asks)
        const views = requests.map((one) => ({ pixel: one.pixel, ...requestView(one) }))
        return jsonAnswer(200, { commit, atMs: clock.now(), requests: views })
      },
    }),
    summaryRoute(options),
  ]
}

function summaryRoute({ reads, clock, pixels: configured, paceOf }: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/requests/summary',
    access: 'viewer',
    summary: 'Verdicts and statuses of a range, and the pace that is kept now.',
    query: z.strictObject(rangeFields),
    answers: { 200: 'The summary.', 503: 'It would take too long.' },
    answerBodies: { 200: summarySchema },
    async handle({ query, pixels: scope }) {
      const range = rangeOf(query, clock.now())
      if (!isRange(range)) return range
      const filter = given({ pixels: pixelsAsked(scope, query.pixel) })
      const [series, groups] = await Promise.all([
        reads.ask('series', { ...filter, ...range, step: 'quarter', kinds: ['request'], by: 'code' }),
        reads.ask('groups', { ...filter, ...range, count: { flow: 'request' }, by: ['code'] }),
      ])
      const wanted = configured().filter(
        ({ pixelId }) => maySee(scope, pixelId) && (query.pixel ?? pixelId) === pixelId,
      )
      const pace = wanted.map(({ pixelId, maxRequestsPerSecond, concurrency, preflight }) => {
        return { pixel: pixelId, maxRequestsPerSecond, concurrency, preflight, ...paceOf(pixelId) }
      })
      const { step, commit } = series
      return jsonAnswer(200, {
        commit,
        atMs: clock.now(),
        step,
        columns: columnsOf(series),
        verdicts: verdictsOf(groups),
        pace,
      })
    },
  })
}

type Column = 'passed' | 'refused' | 'limited' | 'failed' | 'held'
const COLUMN_OF: Readonly<Record<string, Column>> = {
  delivered: 'passed',
  recount: 'passed',
  results: 'passed',
  refused: 'refused',
  too_large: 'refused',
  hold: 'held',
}

/** `verdict:status`, as the store counts requests. */
function readKey(key: string): { readonly verdict: string; readonly status: number; readonly column: Column } {
  const [verdict = '', status = '0'] = key.split(':')
  const column = status === '429' ? 'limited' : (COLUMN_OF[verdict] ?? 'failed')
  return { verdict, status: Number(status) || 0, column }
}

function columnsOf({ lines, timesMs }: Series): object {
  const columns: Record<Column, number[]> = {
    passed: timesMs.map(() => 0),
    refused: timesMs.map(() => 0),
    limited: timesMs.map(() => 0),
    failed: timesMs.map(() => 0),
    held: timesMs.map(() => 0),
  }
  for (const { key = '', events } of lines) {
    const own = columns[readKey(key).column]
    for (const [at, count] of events.entries()) own[at]! += count
  }
  return { atMs: timesMs, ...columns }
}

function verdictsOf({ groups }: Groups): object[] {
  return groups.map(({ key, events }) => {
    const { verdict, status } = readKey(key.code ?? '')
    return { verdict, status, requests: events }
  })
}

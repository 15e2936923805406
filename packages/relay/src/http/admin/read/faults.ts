import { ISSUES, MAX_AGE_MS } from 'waybill'
import { z } from 'zod'
import type { FaultGroup } from '../../../store/index.ts'
import { jsonAnswer } from '../../answer.ts'
import { checkedRoute, type Route } from '../../route.ts'
import { given } from '../fields.ts'
import type { AdminOptions } from '../options.ts'
import { pixelsAsked } from '../scope.ts'
import { type EventView, eventSchema, eventView } from './event-view.ts'
import { figureSchema, isRange, moneySchema, moneyView, orNull, rangeFields, rangeOf, readFields } from './shared.ts'

const STATE = 'write refused, expired or discarded'
const groupSchema: z.ZodType = z
  .strictObject({
    pixel: z.string(),
    code: z.string(),
    path: z.string().nullable().meta({ description: 'Where in the event, as the first issue of the latest one says.' }),
    message: z.string().nullable(),
    events: z.number(),
    money: moneySchema,
    sources: z.array(z.strictObject({ source: z.string(), events: z.number() })),
    firstMs: z.number(),
    lastMs: z.number(),
    remedy: z.string().nullable(),
    deliverableUntilMs: z
      .number()
      .nullable()
      .meta({ description: 'When the API takes the latest of the samples no more.' }),
    canFix: z.boolean(),
    samples: z.array(z.looseObject({ ...(eventSchema as unknown as z.ZodObject).shape, issues: z.array(z.unknown()) })),
  })
  .meta({ id: 'RefusedGroup' })
const faultsSchema: z.ZodType = z.strictObject({
  ...readFields,
  groups: z.array(groupSchema),
  total: figureSchema,
  groupCount: z.number(),
})

/** `/api/refused`: which mistakes, whose, how many, and whether they can still be delivered. */
export function faultsRoute({ reads, clock }: AdminOptions): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/refused',
    access: 'viewer',
    summary: 'Refused events by pixel and code, with their sources, samples and what to do; the largest first.',
    query: z.strictObject({
      ...rangeFields,
      source: z.string().max(2_000).optional(),
      state: z.enum(['refused', 'expired', 'discarded'], { error: STATE }).default('refused'),
    }),
    answers: { 200: 'The groups.', 503: 'It would take too long.' },
    answerBodies: { 200: faultsSchema },
    async handle({ query: { pixel, source, state, from, until }, pixels }) {
      const nowMs = clock.now()
      const isAll = from === undefined && until === undefined
      const range = isAll ? undefined : rangeOf({ from, until }, nowMs)
      if (range !== undefined && !isRange(range)) return range
      const asks = { ...given({ pixels: pixelsAsked(pixels, pixel), source }), ...range, state }
      const { groups, total, count, commit } = await reads.ask('faults', asks)
      const figures = { events: total.events, money: moneyView(total.money) }
      return jsonAnswer(200, { commit, atMs: nowMs, groups: groups.map(groupView), total: figures, groupCount: count })
    },
  })
}

function groupView({ pixel, code, events, money, sources, firstMs, lastMs, samples }: FaultGroup): object {
  const [latest] = samples
  const issue = latest?.issues.find((one) => one.severity === 'error' && one.code === code) ?? latest?.issues[0]
  return {
    pixel,
    code,
    path: orNull(issue?.path || undefined),
    message: orNull(latest?.message ?? issue?.message),
    events,
    money: moneyView(money),
    sources,
    firstMs,
    lastMs,
    remedy: orNull(issue?.hint ?? remedyOf(code)),
    deliverableUntilMs:
      latest === undefined ? null : Math.max(...samples.map(({ timestampMs }) => timestampMs)) + MAX_AGE_MS,
    canFix: true,
    samples: samples.map((sample): EventView & { issues: unknown } => ({
      ...eventView(sample),
      issues: sample.issues,
    })),
  }
}

function remedyOf(code: string): string | undefined {
  return Object.hasOwn(ISSUES, code) ? ISSUES[code as keyof typeof ISSUES].fix : undefined
}

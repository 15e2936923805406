import { VERSION } from 'waybill'
import { z } from 'zod'
import { jsonAnswer } from '../answer.ts'
import { checkedRoute, type Route } from '../route.ts'

/** What the page has to know of this relay, whoever looks. */
export interface PageFacts {
  readonly startedMs: number
  /** The zone that days are counted in. */
  readonly timeZone: string
  /** A pixel's endpoint is the emulator. */
  readonly sandbox: boolean
  readonly keepBodies: boolean
  readonly retentionDays: number
}

export interface Me extends PageFacts {
  readonly who: string
  readonly role: 'reader' | 'operator'
  readonly pixels: '*' | readonly string[]
  readonly by: 'loopback' | 'token' | 'session' | 'link'
  readonly expiresMs: number | null
  readonly version: string
}

export const meSchema: z.ZodType<Me> = z.strictObject({
  who: z.string(),
  role: z.enum(['reader', 'operator']),
  pixels: z.union([z.literal('*'), z.array(z.string())]),
  by: z.enum(['loopback', 'token', 'session', 'link']),
  expiresMs: z.number().nullable(),
  version: z.string(),
  startedMs: z.number(),
  timeZone: z.string(),
  sandbox: z.boolean(),
  keepBodies: z.boolean(),
  retentionDays: z.number(),
})

/** `/api/me`: who asks, and what they may. */
export function meRoute(facts: () => Promise<PageFacts>): Route {
  return checkedRoute({
    method: 'GET',
    path: '/api/me',
    access: 'viewer',
    summary: 'Who asks, what they may do and see, and until when.',
    answers: { 200: 'Who it is.' },
    answerBodies: { 200: meSchema },
    async handle({ who, role = 'reader', pixels, hasToken, session }) {
      const by = session === undefined ? (hasToken ? 'token' : 'loopback') : session.isOfLink ? 'link' : 'session'
      const me: Me = {
        who,
        role,
        pixels,
        by,
        expiresMs: session?.expiresMs ?? null,
        version: VERSION,
        ...(await facts()),
      }
      return jsonAnswer(200, me)
    },
  })
}

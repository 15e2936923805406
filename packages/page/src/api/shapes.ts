/** Names for parts of what the relay answers. Their forms are its own: `answers.ts` is generated from the OpenAPI document. */
import type { Answers, Bodies, EventSummary, Pixel, Request } from './answers.ts'

export type { Cause, EventSummary, Mark, Need, RefusedGroup, Task } from './answers.ts'

export type Today = Answers['GET /api/today']
export type Verdict = Today['verdict']
export type Level = Today['state']
export type Counts = Today['now']
export type Figure = Today['sources'][number]['accepted']
export type Money = Figure['money'][number]
export type Stage = keyof Today['pipeline']
export type EventState = EventSummary['state']

export type Me = Answers['GET /api/me']
export type LoginInfo = Answers['GET /login']
export type Tick = Extract<Answers['GET /api/stream'], { readonly type: 'tick' }>

export type SeriesAnswer = Answers['GET /api/series']
export type EventList = Answers['GET /api/events'] & Partial<Pick<Answers['POST /api/events/search'], 'searched'>>
export type Account = Answers['GET /api/events/row/{row}']['account']
export type Issue = Account['issues'][number]
export type Attempt = Account['requests'][number]
export type Passage = Account['history'][number]

export type TaskRequest = Bodies['POST /api/tasks']
export type Selection = TaskRequest['selection']
export type Change = NonNullable<TaskRequest['change']>[number]
export type DryRun = Extract<Answers['POST /api/tasks'], { readonly dryRun: true }>

export type PixelView = Pixel
export type Signal = Answers['GET /api/signal']
export type OrderResult = Answers['POST /api/orders/compare']['results'][number]
export type OrderState = OrderResult['is']
export type WebhookSource = Answers['GET /api/orders/webhooks']['sources'][number]
export type RequestView = Request & Pick<Answers['GET /api/requests']['requests'][number], 'pixel'>
export type RequestSummary = Answers['GET /api/requests/summary']
export type Action = Answers['GET /api/actions']['actions'][number]
export type Link = Answers['GET /api/links']['links'][number]
export type Sandbox = Answers['GET /api/sandbox']

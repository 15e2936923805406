/** The states that the page is designed for, each as the answers that lead to it. */
import {
  type Answers,
  account,
  cause,
  DRY_RUN,
  events,
  mark,
  me,
  PIXELS_ALL,
  pixels,
  quietAnswers,
  refusedGroup,
  series,
  task,
  tick,
  today,
} from './answers.cases.ts'

export interface Scene {
  readonly name: string
  readonly path: string
  readonly answers: (nowMs: number) => Answers
  /** Status and body of a question that fails. */
  readonly failing?: Readonly<Record<string, readonly [status: number, body: object] | 'away' | 'never'>>
  readonly tick?: (nowMs: number) => object
  /** Something that is pressed first, by its name. */
  readonly press?: readonly string[]
}

const HOUR_MS = 3_600_000
const midnight = (nowMs: number): number => new Date(nowMs).setHours(0, 0, 0, 0)
const PAGES = ['', 'refused', 'events', 'events/17', 'pixels', 'signal', 'requests', 'activity', 'sandbox'] as const
const nameOf = (path: string): string => (path === '' ? 'today' : path === 'events/17' ? 'event' : path)

/** Every page on a day on which all is well. */
const WELL: readonly Scene[] = PAGES.map((path) => ({
  name: `${nameOf(path)}-well`,
  path: `/${path}`,
  answers: quietAnswers,
}))

function troubled(nowMs: number): Answers {
  const refused = cause(nowMs, {
    kind: 'more_refused',
    events: 1_204,
    source: 'shop-backend',
    code: 'invalid_currency',
    percent: 98,
    mark: mark(nowMs - 2 * HOUR_MS - 300_000),
  })
  const fewer = cause(nowMs, { kind: 'fewer_came', events: 812, expected: 2_619, percent: 31, source: 'shopify' })
  const need = {
    kind: 'refused',
    pixel: 'shop-001.example',
    code: 'invalid_currency',
    source: 'shop-backend',
    events: 1_204,
    sinceMs: nowMs - 2 * HOUR_MS,
    lostFromMs: nowMs + 100 * HOUR_MS,
    hint: 'Fix the currency of all that match.',
    action: 'fix',
  }
  return {
    ...quietAnswers(nowMs),
    '/api/today': today(nowMs, midnight(nowMs), { verdict: { level: 'red', causes: [refused, fewer] }, needs: [need] }),
    '/api/series': series(nowMs, midnight(nowMs), 0.69),
    '/api/refused': { commit: 1, groups: [refusedGroup(nowMs)], cursor: null },
    '/api/tasks': { tasks: [task(nowMs)], cursor: null },
  }
}

function held(nowMs: number): Answers {
  const wait = cause(nowMs, {
    why: 'held',
    events: 840,
    pixel: 'shop-001.example',
    code: 'unauthorized',
    lostFromMs: nowMs + 5 * HOUR_MS,
  })
  const need = {
    kind: 'held',
    pixel: 'shop-001.example',
    code: 'unauthorized',
    source: null,
    events: 840,
    sinceMs: nowMs - 2 * HOUR_MS,
    lostFromMs: nowMs + 5 * HOUR_MS,
    hint: 'Put a new key into the configuration; the pixel resumes by itself.',
    action: 'resume',
  }
  const pipeline = { held: { events: 840, money: [{ currency: 'EUR', amount: 42_000_00 }], list: 'state=held' } }
  return {
    ...quietAnswers(nowMs),
    '/api/today': today(nowMs, midnight(nowMs), {
      verdict: { level: 'amber', causes: [wait], lostFromMs: nowMs + 5 * HOUR_MS },
      needs: [need],
      pipeline,
    }),
    '/api/pixels': { commit: 1, pixels: pixels(nowMs, 12, 1) },
  }
}

function empty(nowMs: number): Answers {
  const counts = {
    accepted: 0,
    queued: 0,
    sending: 0,
    held: 0,
    delivered: 0,
    refused: 0,
    expired: 0,
    discarded: 0,
    unaccounted: 0,
  }
  const answer = today(nowMs, midnight(nowMs), {
    verdict: { causes: [cause(nowMs, { kind: 'no_events_yet' })], enoughDays: false },
  })
  return { ...quietAnswers(nowMs), '/api/today': { ...answer, now: counts } }
}

const STATES: readonly Scene[] = [
  { name: 'today-red', path: '/', answers: troubled, tick: (now) => tick(now, { state: 'red', needs: 1 }) },
  { name: 'today-held', path: '/', answers: held, tick: (now) => tick(now, { state: 'amber', needs: 1 }) },
  {
    name: 'today-empty',
    path: '/',
    answers: empty,
    tick: (now) => tick(now, { counts: { unaccounted: 0, accepted: 0 } }),
  },
  {
    name: 'today-loading',
    path: '/',
    answers: quietAnswers,
    failing: { '/api/today': 'never', '/api/series': 'never' },
  },
  {
    name: 'today-part-failed',
    path: '/',
    answers: quietAnswers,
    failing: { '/api/series': [503, { error: { message: 'Too slow.', code: 'too_slow' } }] },
  },
  { name: 'today-offline', path: '/', answers: quietAnswers, failing: { '/api/stream': 'away' } },
  { name: 'today-replaced', path: '/', answers: quietAnswers, tick: (now) => tick(now, { version: '0.2.0' }) },
  { name: 'refused-groups', path: '/refused', answers: troubled },
  {
    name: 'refused-fix',
    path: '/refused',
    answers: (now) => ({ ...troubled(now), 'POST /api/tasks': DRY_RUN }),
    press: ['Fix all that match'],
  },
  { name: 'refused-discard', path: '/refused', answers: troubled, press: ['Discard'] },
  {
    name: 'pixels-300',
    path: '/pixels',
    answers: (now) => ({ ...quietAnswers(now), '/api/pixels': { commit: 1, pixels: pixels(now, PIXELS_ALL, 3) } }),
  },
  { name: 'pixels-hold', path: '/pixels', answers: quietAnswers, press: ['Hold: shop-001.example'] },
  {
    name: 'pixels-read-only',
    path: '/pixels',
    answers: (now) => ({
      ...held(now),
      '/api/me': me(now, { role: 'reader', by: 'link', who: 'Client A', pixels: ['shop-001.example'] }),
    }),
  },
  {
    name: 'event-delivered',
    path: '/events/17',
    answers: (now) => ({
      ...quietAnswers(now),
      '/api/events/row/17': {
        commit: 1,
        account: account(now, { state: 'delivered', event: null, masked: null, issues: [], code: null, message: null }),
      },
    }),
  },
  {
    name: 'events-none',
    path: '/events?id=nobody',
    answers: (now) => ({
      ...quietAnswers(now),
      '/api/events': { ...events(now, undefined, 0), cursor: null, total: { events: 0, money: [], atLeast: false } },
    }),
  },
  { name: 'search', path: '/', answers: quietAnswers, press: ['Search'] },
  {
    name: 'login',
    path: '/',
    answers: (now) => ({
      ...quietAnswers(now),
      '/login': { canLogIn: true, why: null, how: 'cookie', publicUrl: null, remedies: [] },
    }),
    failing: { '/api/me': [401, { error: { message: 'No.', code: 'unauthorized' } }] },
  },
  {
    name: 'login-plain-http',
    path: '/',
    answers: (now) => ({
      ...quietAnswers(now),
      '/login': {
        canLogIn: false,
        why: 'plain_http',
        how: 'cookie',
        publicUrl: null,
        remedies: [
          {
            code: 'ssh',
            text: 'Or open a tunnel and use this machine’s own address.',
            command: 'ssh -L 8787:127.0.0.1:8787 relay.example',
          },
        ],
      },
    }),
    failing: { '/api/me': [401, { error: { message: 'No.', code: 'unauthorized' } }] },
  },
]

export const SCENES: readonly Scene[] = [...WELL, ...STATES]

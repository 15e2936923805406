/** Answers for the page in states that a relay comes into only after weeks, or never in a test: what each question gets. */

export type Answers = Readonly<Record<string, unknown>>

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS
export const PIXELS_ALL = 300

const NONE = { events: 0, money: [] } as const
const figure = (events: number, eur: number, list: string): object => ({
  events,
  money: events === 0 ? [] : [{ currency: 'EUR', amount: eur }],
  list,
})

const plain = (events: number): object => ({ events, money: [] })

const pixelName = (at: number): string => `shop-${String(at + 1).padStart(3, '0')}.example`

export function tick(nowMs: number, parts: object = {}): object {
  const counts = { ...COUNTS, unaccounted: 0 }
  const rate = { acceptedPerSecond: 3.1, deliveredPerSecond: 3.1 }
  const common = { type: 'tick', atMs: nowMs, version: '0.1.0', startedMs: nowMs - DAY_MS, commit: 4_711 }
  return { ...common, counts, held: [], running: 0, needs: 0, state: 'green', rate, tasks: [], ...parts }
}

const COUNTS = {
  accepted: 1_284_311,
  queued: 12,
  sending: 40,
  held: 0,
  delivered: 1_281_007,
  refused: 3_102,
  expired: 138,
  discarded: 12,
}

/** A day on which all is well. */
export function quietAnswers(nowMs: number): Answers {
  const midnight = new Date(nowMs).setHours(0, 0, 0, 0)
  return {
    '/api/me': me(nowMs),
    '/api/today': today(nowMs, midnight),
    '/api/series': series(nowMs, midnight, 1),
    '/api/refused': { commit: 1, groups: [], cursor: null },
    '/api/tasks': { tasks: [], cursor: null },
    '/api/pixels': { commit: 1, pixels: pixels(nowMs, 6, 0) },
    '/api/events': events(nowMs),
    '/api/events/row/17': { commit: 1, account: account(nowMs) },
    '/api/signal': signal(nowMs),
    '/api/orders/webhooks': webhooks(nowMs),
    '/api/requests': requests(nowMs),
    '/api/requests/summary': requestSummary(nowMs, midnight),
    '/api/actions': { actions: [] },
    '/api/marks': { marks: [mark(nowMs - 3 * HOUR_MS)] },
    '/api/links': { links: links(nowMs) },
    '/api/sandbox': sandbox(nowMs),
  }
}

export function me(nowMs: number, parts: object = {}): object {
  const may = { who: 'ops', role: 'operator', pixels: '*', by: 'session', expiresMs: nowMs + 12 * HOUR_MS }
  const relay = { version: '0.1.0', startedMs: nowMs - DAY_MS, timeZone: 'Europe/Berlin', sandbox: true }
  return { ...may, ...relay, keepBodies: false, retentionDays: 30, ...parts }
}

export function today(
  nowMs: number,
  fromMs: number,
  parts: { verdict?: object; needs?: object[]; pipeline?: object } = {},
): object {
  return {
    commit: 4_711,
    atMs: nowMs,
    pixel: null,
    fromMs,
    untilMs: nowMs,
    now: { ...COUNTS, unaccounted: 0 },
    pipeline: {
      accepted: figure(48_211, 2_411_030_00, ''),
      queued: figure(12, 600_00, 'state=queued'),
      sending: figure(40, 2_000_00, 'state=sending'),
      delivered: figure(48_104, 2_405_700_00, 'state=delivered'),
      refused: figure(55, 2_730_00, 'state=refused'),
      held: { ...NONE, list: 'state=held' },
      expired: { ...NONE, list: 'state=expired' },
      discarded: { ...NONE, list: 'state=discarded' },
      ...parts.pipeline,
    },
    lag: {
      accepted: { p50Ms: 2_100, p95Ms: 31_000, count: 48_211 },
      delivered: { p50Ms: 4_000, p95Ms: 64_000, count: 48_104 },
    },
    verdict: { level: 'green', causes: [], enoughDays: true, lostFromMs: null, ...parts.verdict },
    needs: parts.needs ?? [],
    sources: [
      { source: 'shop-backend', accepted: plain(31_020), delivered: plain(30_990), refused: plain(30) },
      { source: 'shopify', accepted: plain(12_113), delivered: plain(12_100), refused: plain(13) },
      { source: 'crm', accepted: plain(5_078), delivered: plain(5_014), refused: plain(12) },
    ],
  }
}

export function cause(nowMs: number, parts: object): object {
  const nothing = { pixel: null, source: null, code: null, expected: null, percent: null, why: null, mark: null }
  return {
    kind: 'waiting',
    sinceMs: nowMs - 2 * HOUR_MS,
    untilMs: nowMs,
    events: 0,
    money: [],
    lostFromMs: null,
    ...nothing,
    ...parts,
  }
}

export const mark = (atMs: number): object => ({
  id: 1,
  atMs,
  kind: 'user',
  text: 'backend 2.14',
  by: 'ops',
  about: {},
  pixel: null,
})

const curve = (atMs: number): number =>
  1 + 0.8 * Math.sin(((new Date(atMs).getHours() + new Date(atMs).getMinutes() / 60 - 9) / 24) * 2 * Math.PI)

/** `part`: how much of the usual came in the last two hours. */
export function series(nowMs: number, fromMs: number, part: number): object {
  const stepMs = 15 * MINUTE_MS
  const atMs = Array.from(
    { length: Math.max(4, Math.floor((nowMs - fromMs) / stepMs)) },
    (_, at) => fromMs + at * stepMs,
  )
  const usual = atMs.map((at) => Math.round(400 * curve(at)))
  const accepted = usual.map((value, at) =>
    Math.round(value * (atMs[at]! > nowMs - 2 * HOUR_MS ? part : 1) * (1 + 0.04 * Math.sin(at * 7))),
  )
  const refused = accepted.map((value) => Math.round(value * 0.002))
  const zeros = atMs.map(() => 0)
  const columns = { atMs, accepted, delivered: accepted, refused, expired: zeros, discarded: zeros, replayed: zeros }
  const band = {
    atMs,
    low: usual.map((one) => one * 0.85),
    median: usual,
    high: usual.map((one) => one * 1.15),
    weeks: 5,
  }
  const common = { commit: 4_711, atMs: nowMs, stepMs, timeZone: 'Europe/Berlin', fromMs, untilMs: nowMs }
  return { ...common, series: [{ key: '', columns }], waiting: null, band, marks: [mark(nowMs - 2 * HOUR_MS)] }
}

/** So many pixels, of which the first ones have a problem. */
export function pixels(nowMs: number, count: number, withProblem: number): object[] {
  return Array.from({ length: count }, (_, at) =>
    pixel(nowMs, at, at < withProblem ? (at === 0 ? 'held' : 'refusing') : null),
  )
}

function pixel(nowMs: number, at: number, problem: string | null): object {
  const hold = {
    code: 'unauthorized',
    message: 'The API does not take the key (401).',
    atMs: nowMs - HOUR_MS,
    by: 'engine',
  }
  return {
    pixel: pixelName(at),
    state: problem === 'held' ? 'held' : 'active',
    hold: problem === 'held' ? hold : null,
    keyState: problem === 'held' ? 'refused' : 'ok',
    lastAcceptedMs: nowMs - MINUTE_MS,
    lastDeliveredMs: problem === 'held' ? nowMs - HOUR_MS : nowMs - MINUTE_MS,
    ratePerSecond: 1.5,
    lostFromMs: problem === 'held' ? nowMs + 5 * HOUR_MS : null,
    problem,
    remedy: problem === 'held' ? 'Put a new key into the configuration; the pixel resumes by itself.' : null,
    spark: Array.from({ length: 24 }, (_, hour) => Math.round(20 * curve(nowMs - (23 - hour) * HOUR_MS))),
  }
}

const STATES = ['delivered', 'delivered', 'delivered', 'queued', 'refused', 'held', 'expired', 'discarded'] as const

export function events(
  nowMs: number,
  names: (at: number) => string = (at) => `order_${4_711 + at}`,
  count = 200,
): object {
  const all = Array.from({ length: count }, (_, at) => summary(nowMs, at, names(at)))
  return {
    commit: 1,
    events: all,
    cursor: 'next',
    total: { events: 48_211, money: [{ currency: 'EUR', amount: 2_411_030_00 }], atLeast: false },
    forgottenBeforeMs: nowMs - 30 * DAY_MS,
  }
}

function summary(nowMs: number, at: number, id: string): object {
  const state = STATES[at % STATES.length]!
  const code = state === 'refused' ? 'invalid_value' : state === 'held' ? 'unauthorized' : null
  const times = {
    timestampMs: nowMs - at * MINUTE_MS,
    dueMs: nowMs,
    acceptedMs: nowMs - at * MINUTE_MS,
    endedMs: nowMs,
  }
  return {
    row: 17 + at,
    pixel: pixelName(0),
    name: 'order_created',
    id,
    state,
    code,
    message: null,
    shape: 'a',
    source: 'shop-backend',
    attempts: 1,
    ...times,
  }
}

const EVENT = {
  id: 'order_4711',
  type: 'order_created',
  timestamp_ms: 1_790_000_000_000,
  action_source: 'web',
  user: { email_sha256: '5f3a…' },
  data: { type: 'contents', amount: 2_599, currency: 'EURO' },
}

export function account(nowMs: number, parts: object = {}): object {
  const attempt = (requestKey: number, parentKey: number | null, many: number, verdict: string): object => {
    const code = verdict === 'refused' ? 'invalid_value' : null
    return {
      key: requestKey,
      parentKey,
      atMs: nowMs - (9 - requestKey) * 1_000,
      durationMs: 84,
      status: code === null ? 200 : 400,
      verdict,
      code,
      message: null,
      requestId: `req_${requestKey}`,
      validateOnly: false,
      events: many,
    }
  }
  return {
    ...summary(nowMs, 4, 'order_4711'),
    message: 'currency: write an ISO 4217 code',
    issues: [
      {
        code: 'invalid_currency',
        path: 'data.currency',
        message: 'Write a code of ISO 4217, as in EUR.',
        severity: 'error',
      },
    ],
    requests: [
      attempt(1, null, 800, 'refused'),
      attempt(2, 1, 400, 'refused'),
      attempt(3, 1, 400, 'delivered'),
      attempt(4, 2, 1, 'refused'),
    ],
    history: [{ atMs: nowMs - 60_000, what: 'edited', code: null, message: null, by: 'ops' }],
    event: EVENT,
    masked: EVENT,
    tooOldAtMs: nowMs + 5 * DAY_MS,
    pixelHalf: '<script>oaiq("measure", "order_created")</script>',
    curl: "curl 'https://api.example/v1/events' -d '…'",
    testCase: EVENT,
    ...parts,
  }
}

export function refusedGroup(nowMs: number): object {
  return {
    pixel: pixelName(0),
    code: 'invalid_currency',
    path: 'data.currency',
    sources: [{ source: 'shop-backend', events: 1_204 }],
    events: 1_204,
    money: [{ currency: 'EUR', amount: 60_200_00 }],
    firstMs: nowMs - 2 * HOUR_MS,
    lastMs: nowMs - MINUTE_MS,
    deliverableUntilMs: nowMs + 5 * DAY_MS,
    remedy: 'Send a code of ISO 4217.',
    message: 'Write a code of ISO 4217, as in EUR.',
    samples: [summary(nowMs, 4, 'order_4711'), summary(nowMs, 12, 'order_4712')],
    canFix: true,
  }
}

export function task(nowMs: number): object {
  const what = {
    id: 7,
    verb: 'fix',
    state: 'running',
    selection: {},
    by: 'ops',
    createdMs: nowMs - MINUTE_MS,
    endedMs: null,
  }
  return {
    ...what,
    ratePerSecond: 100,
    total: 1_204,
    done: 611,
    passed: 600,
    notPassed: 6,
    canCancel: true,
    canTakeBack: true,
    error: null,
  }
}

export const DRY_RUN: object = {
  dryRun: true,
  commit: 1,
  total: 1_204,
  wouldPass: 1_198,
  wouldNot: 6,
  tooOld: 0,
  first: { before: EVENT, after: { ...EVENT, data: { ...EVENT.data, currency: 'EUR' } }, issues: [] },
  exact: true,
}

function signal(_nowMs: number): object {
  const keys = [
    'email',
    'externalId',
    'phone',
    'clickReference',
    'name',
    'place',
    'ipAddress',
    'userAgent',
    'sourceUrl',
    'productId',
  ]
  const shares = keys.map((key, at) => ({
    key,
    events: 4_000,
    percent: 92 - at * 8.4,
    addedAtAttempt: key === 'clickReference' ? 311 : 0,
    before: 90 - at * 8,
  }))
  const warnings = Array.from({ length: 9 }, (_, at) => {
    const shown = [1, 2, 3, 6, 7, 8].includes(at + 1)
    return {
      number: at + 1,
      shown,
      level: shown ? (at === 1 ? 'low' : 'ok') : 'unknown',
      percent: shown ? 83.1 - at : null,
      events: null,
    }
  })
  const counted = { events: 48_211, names: [{ name: 'order_created', events: 48_211 }], sources: [] }
  return { commit: 1, pixel: null, ...counted, shares, warnings, late: { over1h: 120, percent: 0.2 } }
}

function webhooks(nowMs: number): object {
  const skipped = [
    { code: 'test_order', message: 'A test order.', count: 4 },
    { code: 'not_paid', message: 'Not paid yet.', count: 31 },
  ]
  const counts = { accepted: 12_113, duplicates: 40, refused: 13, remembered: 0, conflicts: [], turnedAway: [] }
  return {
    commit: 1,
    sources: [{ source: 'shopify', pixel: pixelName(0), ...counts, skipped, sinceMs: nowMs - DAY_MS }],
  }
}

function requests(nowMs: number): object {
  const all = Array.from({ length: 100 }, (_, at) => ({
    key: at,
    pixel: pixelName(at % 3),
    atMs: nowMs - at * 9_000,
    durationMs: 60 + ((at * 37) % 200),
    status: at % 17 === 0 ? 429 : 200,
    verdict: at % 17 === 0 ? 'retry' : 'delivered',
    code: at % 17 === 0 ? 'rate_limited' : null,
    message: null,
    requestId: `req_${at}`,
    validateOnly: at % 9 === 0,
    ambiguous: false,
    events: 1 + ((at * 13) % 200),
    parentKey: null,
  }))
  return { commit: 1, requests: all, cursor: null }
}

function requestSummary(nowMs: number, fromMs: number): object {
  const stepMs = 15 * MINUTE_MS
  const atMs = Array.from(
    { length: Math.max(4, Math.floor((nowMs - fromMs) / stepMs)) },
    (_, at) => fromMs + at * stepMs,
  )
  const of = (part: number): number[] => atMs.map((at) => Math.round(60 * part * curve(at)))
  const columns = { atMs, passed: of(1), refused: of(0.04), limited: of(0.08), failed: of(0.01), held: of(0) }
  const verdicts = [
    { verdict: 'delivered', status: 200, requests: 5_120 },
    { verdict: 'retry', status: 429, requests: 301 },
  ]
  const pace = [
    { pixel: pixelName(0), maxRequestsPerSecond: 10, waitsMs: MINUTE_MS, inFlight: 2 },
    { pixel: pixelName(1), maxRequestsPerSecond: 10, waitsMs: 0, inFlight: 1 },
  ]
  return { commit: 1, stepMs, columns, verdicts, pace }
}

function links(nowMs: number): object[] {
  const link = {
    pixels: [pixelName(0)],
    by: 'ops',
    createdMs: nowMs - DAY_MS,
    expiresMs: nowMs + 29 * DAY_MS,
    lastUsedMs: nowMs,
  }
  return [
    { id: 'l1', ...link, withdrawnMs: null, name: 'Client A' },
    { id: 'l2', ...link, withdrawnMs: nowMs - HOUR_MS, name: 'Client B' },
  ]
}

function sandbox(_nowMs: number): object {
  return {
    pixels: [pixelName(0)],
    faults: { server_error: 0.1 },
    poison: null,
    latencyMs: 40,
    stored: 12,
    requests: 9,
    last: [{ event: EVENT }],
  }
}

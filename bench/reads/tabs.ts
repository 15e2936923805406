/** The page's own requests, without a browser. */

const MINUTE_MS = 60_000
const REFRESH_MS = 3_000
const TODAY_TABS = 10
const LIST = '/api/events?state=refused&limit=50'
const OTHER_LIST = '/api/events?state=delivered&limit=50'

function rangeOf(nowMs: number): string {
  const until = Math.ceil((nowMs + 1) / MINUTE_MS) * MINUTE_MS
  return `from=${Math.floor(until / 86_400_000) * 86_400_000}&until=${until}`
}

const TODAY = (nowMs: number): string[] => {
  const range = rangeOf(nowMs)
  return [`/api/today?${range}`, `/api/series?${range}&step=auto&band=true`]
}

/** What people and programs read, one address of each. */
export const READS = (nowMs: number): string[] => [
  ...TODAY(nowMs),
  `/api/refused?${rangeOf(nowMs)}`,
  '/api/events?limit=50',
  LIST,
  OTHER_LIST,
  '/api/events?state=held&limit=50',
  '/api/events?id=order_12&limit=50',
  '/api/pixels',
  `/api/signal?${rangeOf(nowMs)}`,
  `/api/requests?${rangeOf(nowMs)}&limit=100`,
  `/api/requests/summary?${rangeOf(nowMs)}`,
  '/api/tasks?limit=50',
  '/api/actions?limit=200',
  '/api/status',
  '/metrics',
]

/** Opens ten tabs on Today and two on lists in one browser, until the process is ended. They do not ask at the same moment. */
export function openTabs(url: string, clock: () => number): void {
  for (let at = 0; at < TODAY_TABS; at++) setTimeout(() => void look(url, () => TODAY(clock())), at * 300)
  for (const [at, list] of [LIST, OTHER_LIST].entries()) setTimeout(() => void look(url, () => [list]), at * 500)
  void listen(url)
  process.send?.(url)
}

async function look(url: string, paths: () => readonly string[]): Promise<never> {
  for (;;) {
    const startedMs = performance.now()
    const headers = { 'cache-control': 'max-age=10', 'accept-encoding': 'br, gzip' }
    await Promise.all(paths().map(async (path) => (await fetch(url + path, { headers })).arrayBuffer()))
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, REFRESH_MS - (performance.now() - startedMs))))
  }
}

/** The tabs of one browser share one stream. */
async function listen(url: string): Promise<void> {
  const { body } = await fetch(`${url}/api/stream?tick=true`)
  for await (const _ of body!);
}

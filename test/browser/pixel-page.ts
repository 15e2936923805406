/** A page with the pixel in a real browser: the API's hosts are answered here, and what the browser complains of is kept. */
import type { Emulator } from '@waybill/emulator'
import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { API_ORIGIN, LOADER_URL } from 'waybill/pixel'
import { serve } from '../../packages/waybill/src/oppref/raw-http.cases.ts'

/**
 * Stands for the vendor's loader: takes over the queue and sends each measurement with the Pixel ID of `init`. It drops a call with
 * an option that it does not know, as the real one does.
 */
const STAND_IN_LOADER = `(() => {
  const known = ['event_id', 'custom_event_name', 'opt_out']
  let pixelId
  const call = (verb, first, data, options) => {
    if (verb === 'init') pixelId = first.pixelId
    if (verb !== 'measure' || Object.keys(options).some((key) => !known.includes(key))) return
    const query = new URLSearchParams({ pid: pixelId, event: first, event_id: options.event_id })
    if (options.custom_event_name) query.set('custom_event_name', options.custom_event_name)
    for (const [key, value] of Object.entries(data)) {
      query.set('data[' + key + ']', typeof value === 'object' ? JSON.stringify(value) : value)
    }
    // Read to its end: the network is not quiet before.
    fetch('${API_ORIGIN}/v1/sdk/events?' + query).then((answer) => answer.arrayBuffer())
  }
  const waiting = window.oaiq.q
  window.oaiq = call
  for (const args of waiting) call(...args)
})()`

/** Told by the page itself, whatever its policy. */
const WATCH = `window.violations = []
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
  window.violations.push(effectiveDirective + ' ' + blockedURI))`

export interface Answered {
  readonly html: string
  /** The value of `Content-Security-Policy`; none where it is absent. */
  readonly policy?: string
}

export interface Visited {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors and warnings of the browser's console. */
  readonly complaints: readonly string[]
  /** Requests to the API that were answered, by what asked: `image` or `fetch`. */
  readonly asked: readonly string[]
}

export interface VisitOptions {
  /** Answers for the API. Without one its hosts cannot be reached. */
  readonly emulator?: Emulator | undefined
  readonly javaScriptEnabled?: boolean | undefined
}

/** Opens a page that this process serves, and waits until the network is quiet. */
export async function open(
  browser: Browser,
  { html, policy }: Answered,
  { emulator, javaScriptEnabled = true }: VisitOptions = {},
): Promise<Visited> {
  // Without a charset the browser takes another than UTF-8: what is rendered must not depend on it.
  const headers = { 'content-type': 'text/html', ...(policy && { 'content-security-policy': policy }) }
  const { port, close } = await serve((request, response) =>
    request.url === '/' ? response.writeHead(200, headers).end(html) : response.writeHead(404).end(),
  )
  const context = await browser.newContext({ javaScriptEnabled })
  context.on('close', close)
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const complaints: string[] = []
  const asked: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.addInitScript(WATCH)
  await page.route(/^https:/, (route) => answer(route, emulator, asked))
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'networkidle' })
  return { page, context, complaints, asked }
}

async function answer(route: Route, emulator: Emulator | undefined, asked: string[]): Promise<void> {
  const request = route.request()
  if (emulator === undefined) return route.abort()
  if (request.url() === LOADER_URL) return route.fulfill({ contentType: 'text/javascript', body: STAND_IN_LOADER })
  if (!request.url().startsWith(`${API_ORIGIN}/`)) return route.abort()
  const response = await emulator.fetch(request.url())
  asked.push(`${request.resourceType()} ${response.status}`)
  const headers = { ...Object.fromEntries(response.headers), 'access-control-allow-origin': '*' }
  return route.fulfill({ status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) })
}

export const violationsOf = async (page: Page): Promise<unknown> => page.evaluate('window.violations')

/** Opens the built page in a scene: the files and their headers are the relay's own, the answers those of the scene. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContextOptions, Page, Route } from 'playwright-core'
import { type Answers, tick } from './answers.cases.ts'
import type { Scene } from './scenes.ts'

const BUILT = fileURLToPath(new URL('../../../packages/relay/page/', import.meta.url))
/** What the source has for `packages/relay/src/http/page`; a test may read it, the package does not export it. */
const { readBuiltPage } = await import('../../../packages/relay/src/http/page/built-page.ts')

export interface Stage {
  readonly url: string
  close(): void
}

export interface StageOptions {
  /** Given by the server itself, where the time of a browser's own interception is not to count. */
  readonly answers?: (nowMs: number) => Answers
}

/** Serves the files of the page, with the policy that the relay sends. */
export async function openStage({ answers }: StageOptions = {}): Promise<Stage> {
  const built = readBuiltPage(BUILT)
  if (built === undefined) throw new Error('The page is not built: npm run build -w packages/page')
  const send = (response: ServerResponse, file: typeof built.index): void => {
    const headers = { 'content-type': file.contentType, 'content-security-policy': built.contentPolicy }
    response.writeHead(200, file.brotli === undefined ? headers : { ...headers, 'content-encoding': 'br' })
    response.end(file.brotli ?? file.bytes)
  }
  const server = createServer(({ url = '' }, response) => {
    const answer = answers?.(Date.now())[url.replace(/\?.*/, '')]
    if (answer !== undefined)
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    const asset = built.assets.get(url.replace('/assets/', ''))
    if (asset === undefined && url.startsWith('/assets/')) response.writeHead(404).end()
    else send(response, asset ?? built.index)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() }
}

export interface OpenScene {
  readonly page: Page
  /** What the browser complained of: violations of the policy, errors of scripts. */
  readonly complaints: readonly string[]
}

export interface SceneOptions extends BrowserContextOptions {
  readonly answers?: Readonly<Record<string, unknown>>
}

/** A page of its own in that scene, as far as the first figures. */
export async function openScene(
  browser: Browser,
  stage: Stage,
  scene: Scene,
  options: SceneOptions = {},
): Promise<OpenScene> {
  const context = await browser.newContext({ locale: 'en-GB', ...options })
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  const complaints = listenTo(page)
  await page.route(/\/(?:api|login|logout)(?:[/?]|$)/, (route) => answer(route, scene))
  if (scene.name.includes('loading')) await fillMemory(page, scene)
  // Loads itself anew once for each version; here it stays.
  if (scene.name.includes('replaced'))
    await page.addInitScript("sessionStorage.setItem('waybill-reloaded-for', '0.2.0')")
  await page.goto(stage.url + scene.path)
  await page.waitForSelector('h1')
  for (const name of scene.press ?? []) await page.getByRole('button', { name }).first().click()
  await page.waitForLoadState('load')
  return { page, complaints }
}

/** What the browser complains of: violations of the policy, errors of scripts. */
export function listenTo(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => void complaints.push(String(error)))
  page.on('console', (message) => {
    const isOurs = message.type() === 'error' && !message.text().startsWith('Failed to load resource')
    if (isOurs) complaints.push(message.text())
  })
  return complaints
}

/** The figures of the time before lie in the tab. */
async function fillMemory(page: Page, { answers }: Scene): Promise<void> {
  const known = JSON.stringify(answers(Date.now() - 3_600_000)['/api/today'])
  await page.addInitScript(`sessionStorage.setItem('waybill-last-today:', ${JSON.stringify(known)})`)
}

async function answer(route: Route, scene: Scene): Promise<void> {
  const request = route.request()
  const { pathname } = new URL(request.url())
  const failing = scene.failing?.[pathname]
  const now = Date.now()
  if (failing === 'never') return
  if (failing === 'away') return route.abort('connectionrefused')
  if (failing !== undefined) return route.fulfill({ status: failing[0], json: failing[1] })
  if (pathname === '/api/stream') {
    const body = `data: ${JSON.stringify((scene.tick ?? tick)(now))}\n\n`
    return route.fulfill({ body, contentType: 'text/event-stream' })
  }
  const answers = scene.answers(now)
  const method = request.method() === 'GET' ? '' : `${request.method()} `
  const body = answers[`${method}${pathname}`]
  return body === undefined
    ? route.fulfill({ status: 404, json: { error: { message: 'Not here.' } } })
    : route.fulfill({ json: body })
}

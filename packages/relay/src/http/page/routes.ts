import { fileURLToPath } from 'node:url'
import { notFoundAnswer } from '../access.ts'
import { type Answer, textAnswer } from '../answer.ts'
import { acceptedCodings } from '../packing/index.ts'
import type { Route, Visit } from '../route.ts'
import { type BuiltPage, type PageFile, readBuiltPage } from './built-page.ts'

/** Where the build of the page puts it, from the sources as from what is published. */
const FOLDER = fileURLToPath(new URL('../../../page/', import.meta.url))

/** Addresses that the page itself tells apart. */
const PAGES = [
  '/',
  '/refused',
  '/events',
  '/events/:row',
  '/pixels',
  '/pixels/:pixel',
  '/signal',
  '/requests',
  '/activity',
  '/sandbox',
] as const
const FOREVER = 'public, max-age=31536000, immutable'

export interface PageOptions {
  /** Default: the folder of the package. */
  readonly folder?: string | undefined
}

/** The page and the files it is made of. They know nothing: what it shows comes from `/api`. */
export function pageRoutes({ folder = FOLDER }: PageOptions = {}): readonly Route[] {
  let built: BuiltPage | undefined
  const page = (): BuiltPage | undefined => {
    built ??= readBuiltPage(folder)
    return built
  }
  return [
    ...PAGES.map((path): Route => {
      return {
        method: 'GET',
        path,
        access: 'page',
        isForBrowsers: true,
        summary: 'The page for people.',
        answers: { 200: 'The page.', 304: 'It is the one that the browser has.', 503: 'It is not built.' },
        run: async (visit) => indexAnswer(page(), visit),
      }
    }),
    {
      method: 'GET',
      path: '/assets/:name',
      access: 'page',
      isForBrowsers: true,
      summary: 'A file of the page, whose name changes with what is in it.',
      answers: { 200: 'The file.', 404: 'There is none of this name.' },
      async run(visit) {
        const file = page()?.assets.get((visit.params as { readonly name: string }).name)
        return file === undefined ? notFoundAnswer() : fileAnswer(file, visit, { 'cache-control': FOREVER })
      },
    },
  ]
}

function indexAnswer(built: BuiltPage | undefined, visit: Visit): Answer {
  if (built === undefined) return NOT_BUILT
  const { index, contentPolicy } = built
  const headers = {
    ...ISOLATED,
    'cache-control': 'no-cache',
    etag: index.etag,
    'content-security-policy': contentPolicy,
  }
  if (visit.headers['if-none-match'] === index.etag) return { status: 304, headers, body: '' }
  return fileAnswer(index, visit, headers)
}

function fileAnswer(file: PageFile, { headers: asked }: Visit, own: Readonly<Record<string, string>>): Answer {
  const [encoding, body] = packedFor(file, asked['accept-encoding'])
  const coding = encoding === undefined ? {} : { 'content-encoding': encoding }
  return {
    status: 200,
    headers: { 'content-type': file.contentType, vary: 'accept-encoding', ...coding, ...own },
    body,
  }
}

function packedFor(file: PageFile, accepted: string | string[] | undefined): [string | undefined, Uint8Array] {
  const codings = acceptedCodings(accepted)
  if (file.brotli !== undefined && codings.has('br')) return ['br', file.brotli]
  if (file.brotli !== undefined && codings.has('gzip')) return ['gzip', file.gzip()]
  return [undefined, file.bytes]
}

/** Nobody frames it, and nobody is told where its reader came from. */
const ISOLATED = {
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'x-frame-options': 'DENY',
}
const NOT_BUILT = textAnswer(
  503,
  'text/plain; charset=utf-8',
  'The page is not built: run npm run build in the folder of Waybill. /api and /metrics are there without it.\n',
)

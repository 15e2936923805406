import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** A file of the page in every form that it is sent in. */
export interface PageFile {
  readonly contentType: string
  readonly bytes: Uint8Array
  /** Made by the build; `undefined` for what is too small to gain. */
  readonly brotli: Uint8Array | undefined
  /** Made when a browser first asks for it: few do. */
  gzip(): Uint8Array
  readonly etag: string
}

/** The built page, as it lies in the package. */
export interface BuiltPage {
  readonly index: PageFile
  /** By name, without their folder. */
  readonly assets: ReadonlyMap<string, PageFile>
  readonly contentPolicy: string
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
}
const ASSETS = 'assets'

/** Reads the page of a folder; `undefined` where it was not built. */
export function readBuiltPage(folder: string): BuiltPage | undefined {
  const index = readFile(join(folder, 'index.html'))
  if (index === undefined) return undefined
  const names = namesIn(join(folder, ASSETS)).filter((name) => extname(name) in CONTENT_TYPES)
  const assets = new Map(names.map((name) => [name, readFile(join(folder, ASSETS, name))!]))
  return { index, assets, contentPolicy: contentPolicyOf(policyParts(join(folder, 'csp.json'))) }
}

function readFile(path: string): PageFile | undefined {
  const bytes = tryRead(path)
  if (bytes === undefined) return undefined
  let packed: Uint8Array | undefined
  return {
    bytes,
    contentType: CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
    brotli: tryRead(`${path}.br`),
    gzip() {
      packed ??= gzipSync(bytes)
      return packed
    },
    etag: `"${hash('sha256', bytes, 'base64url')}"`,
  }
}

function tryRead(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What the build says of itself: hashes of the constant styles of its libraries, and its policies of Trusted Types. */
interface PolicyParts {
  readonly styleHashes?: readonly string[]
  readonly trustedTypes?: readonly string[]
}

function policyParts(path: string): PolicyParts {
  const bytes = tryRead(path)
  return bytes === undefined ? {} : (JSON.parse(Buffer.from(bytes).toString('utf8')) as PolicyParts)
}

/** Nothing but what the page is made of, and nothing that a text of an event could turn into a script. */
function contentPolicyOf({ styleHashes = [], trustedTypes = [] }: PolicyParts): string {
  const hashes = styleHashes.map((one) => `'${one.replaceAll("'", '')}'`)
  return [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...hashes].join(' '),
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypes.length === 0 ? "'none'" : trustedTypes.join(' ')}`,
  ].join('; ')
}

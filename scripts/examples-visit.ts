/** A visitor of the shops in `examples/apps`, who lands by an ad, buys and sees the thank-you page, and what should come of it. */
import { createHash } from 'node:crypto'

/** Byte for byte what the event has to carry: with what frameworks like to decode. */
const CLICK = 'AbC%2Bd%20e+f%C3%A4'
const EMAIL = ' User@Example.com '
const EMAIL_SHA256 = createHash('sha256').update('user@example.com').digest('hex')

/** Next.js writes the query anew before any code of an app sees it: an escaped space becomes a plus. */
export const CLICK_IN: Readonly<Record<string, string>> = { next: CLICK.replaceAll('%20', '+') }

export interface Visit {
  readonly consent: 'yes' | 'no'
  /** The thank-you page. */
  readonly html: string
  readonly policy: string | null
}

type Stored = Readonly<Record<string, unknown>>

/** One visitor who consents and one who does not. */
export async function shopTwice(site: string): Promise<readonly Visit[]> {
  return [await visit(site, 'yes'), await visit(site, 'no')]
}

async function visit(site: string, consent: 'yes' | 'no'): Promise<Visit> {
  const landed = await ask(`${site}/?utm_source=ads&oppref=${CLICK}`, { headers: { cookie: `ads=${consent}` } }, 200)
  const kept = landed.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])
  const cookie = [`ads=${consent}`, ...kept].join('; ')
  const body = new URLSearchParams({ email: EMAIL })
  // As a browser says it, which frameworks compare with their own address.
  const headers = { cookie, origin: site, referer: `${site}/`, accept: 'text/html' }
  const bought = await ask(`${site}/checkout`, { method: 'POST', body, headers, redirect: 'manual' }, 303)
  const place = new URL(bought.headers.get('location') ?? '', site)
  const thanks = await ask(place.href, { headers: { cookie } }, 200)
  return { consent, html: await thanks.text(), policy: thanks.headers.get('content-security-policy') }
}

async function ask(url: string, init: RequestInit, expected: number): Promise<Response> {
  const answer = await fetch(url, init)
  if (answer.status === expected) return answer
  const told = (await answer.text()).slice(0, 1_000)
  throw new Error(
    `${init.method ?? 'GET'} ${new URL(url).pathname} answered ${answer.status}, not ${expected}: ${told}`,
  )
}

/** What the API stored and what the pages say, where it is not what it should be. */
export function problemsOf(visits: readonly Visit[], stored: readonly Stored[], click: string = CLICK): string[] {
  if (stored.length !== visits.length) return [`${stored.length} events are stored, not ${visits.length}`]
  return visits.flatMap((one, at) => [...eventProblems(one, stored[at]!, click), ...pageProblems(one, stored[at]!)])
}

function eventProblems({ consent }: Visit, event: Stored, click: string): string[] {
  const user = (event['user'] ?? {}) as Stored
  const data = event['data'] as Stored
  const isKnown = consent === 'yes'
  const expected: readonly (readonly [what: string, found: unknown, wanted: unknown])[] = [
    ['type', event['type'], 'order_created'],
    ['action_source', event['action_source'], 'web'],
    ['amount', data['amount'], 2599],
    ['currency', data['currency'], 'EUR'],
    ['oppref', event['oppref'], isKnown ? click : undefined],
    ['email_sha256', user['email_sha256'], isKnown ? EMAIL_SHA256 : undefined],
  ]
  return expected
    .filter(([, found, wanted]) => found !== wanted)
    .map(([what, found, wanted]) => `with consent ${consent}, ${what} is ${found}, not ${wanted}`)
}

function pageProblems({ consent, html, policy }: Visit, { id }: Stored): string[] {
  const calls = [...html.matchAll(/<script(?: nonce="([^"]*)")?>window\.oaiq&&[\s\S]*?<\/script>/g)]
  if (consent === 'no') return html.includes('oaiq') ? ['a page without consent has the pixel'] : []
  if (calls.length !== 1) return [`the thank-you page has ${calls.length} calls of the pixel: ${html.slice(0, 2_000)}`]
  const [call, nonce] = calls[0]!
  return [
    ...(idOf(call) === id ? [] : [`the pixel's call has another id than ${id}: ${call}`]),
    ...(policy === null || policy.includes(`'nonce-${nonce}'`) ? [] : ['the policy has another nonce than the pixel']),
  ]
}

/** The call is JSON, or JSON in a text of the script. */
const idOf = (call: string): string | undefined => /"event_id":\s*"([^"]+)"/.exec(call.replaceAll('\\"', '"'))?.[1]

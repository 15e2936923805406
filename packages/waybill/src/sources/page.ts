import type { LooseEvent } from '../contract/loose-event.ts'
import type { ActionSource } from '../contract/names.ts'
import { containsEmail } from '../contract/privacy.ts'
import { isHttpUrl } from '../contract/source-url.ts'
import { present, text } from './read.ts'

const URL_PARTS = /^(https?:\/\/)(?:[^/?#@]*@)?([^/?#@]+)([^?#]*)/i

/**
 * A page as the API should see it: origin and path (official guidance: no query, no fragment), and the origin alone where the
 * path holds an email address. `undefined` for anything but an absolute http(s) URL.
 */
export function pageOf(value: unknown): string | undefined {
  const url = text(value)?.trim()
  const [, scheme, host, path = ''] = (url !== undefined && URL_PARTS.exec(url)) || []
  if (scheme === undefined || host === undefined) return undefined
  const page = scheme + host + (containsEmail(path) ? '/' : path)
  return isHttpUrl(page) ? page : undefined
}

/** The front page of the site that a URL or a host belongs to. */
export function siteOf(value: unknown): string | undefined {
  const given = text(value)?.trim()
  if (given === undefined) return undefined
  const page = pageOf(/^https?:\/\//i.test(given) ? given : `https://${given}`)
  return page?.replace(/^(https?:\/\/[^/]+).*$/i, '$1/')
}

/** What tells one shop from another in the URL or host that a call comes from: without scheme and slash at its end, in lower case. */
export function shopOf(site: unknown): string | undefined {
  const shop = text(site)
    ?.trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[?#].*$/s, '')
  return shop?.replace(/\/$/, '') || undefined
}

/** Where an action took place: what the options say, else the web where a page is known. */
export function placeOf(
  options: { readonly actionSource?: ActionSource | undefined; readonly sourceUrl?: string | undefined },
  ...pages: readonly (string | undefined)[]
): Pick<LooseEvent, 'actionSource' | 'sourceUrl'> {
  const sourceUrl = pages.find((page) => page !== undefined) ?? pageOf(options.sourceUrl)
  const actionSource = options.actionSource ?? (sourceUrl === undefined ? undefined : 'web')
  return present({ actionSource, sourceUrl: actionSource === 'web' ? sourceUrl : undefined })
}

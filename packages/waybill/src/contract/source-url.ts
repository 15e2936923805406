import { type Context, report, reportAs } from './context.ts'
import { containsEmail } from './privacy.ts'

/**
 * The common case, decided without a parser: a host in lower case whose last label is no number and none of whose labels has `--`, which may
 * be malformed Punycode; after it printable ASCII, and nothing to be judged or taken off: no query, no fragment, no `@`, no `%`.
 */
const PLAIN_URL = /^https?:\/\/(?:[a-z0-9]+[.-])*[a-z][a-z0-9]*(?:\/[!"$&->A-[\]-~]*)?$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const HTTP_URL = /^https?:\/\/[^\s\u0000-\u001f\u007f-\u009f\\/?#][^\s\u0000-\u001f\u007f-\u009f\\]*$/i

/** True for an absolute http(s) URL with a host. */
export function isHttpUrl(text: string): boolean {
  return HTTP_URL.test(text) && URL.canParse(text)
}

/**
 * Judges `source_url` and gives the URL to send: origin and path only, unless the setting keeps the rest (official guidance:
 * no query, no fragment).
 */
export function judgeSourceUrl(url: string, context: Context): string {
  return PLAIN_URL.test(url) ? url : judgeOtherUrl(url, context)
}

function judgeOtherUrl(url: string, context: Context): string {
  if (!isHttpUrl(url)) {
    report(context, 'invalid_source_url', 'source_url')
    return url
  }
  if (url.includes('@')) judgeCredentials(url, context)
  const kept = context.keepUrlQuery ? url : url.replace(/[?#].*/, '')
  judgeEmails(url, kept, context)
  if (kept !== url) report(context, 'source_url_shortened', 'source_url')
  return kept
}

function judgeCredentials(url: string, context: Context): void {
  const { username, password } = new URL(url)
  if (username !== '' || password !== '') report(context, 'credentials_in_url', 'source_url')
}

function judgeEmails(url: string, kept: string, context: Context): void {
  if (!urlContainsEmail(url)) return
  const removedWithQuery = context.dropIdentity && !urlContainsEmail(kept)
  const message = removedWithQuery
    ? 'source_url had an email address in its query; both were removed.'
    : 'source_url contains an email address.'
  const hint = 'Keep personal data out of the addresses of pages: logs and other tags see them too.'
  reportAs(removedWithQuery ? 'warning' : 'error', context, 'email_outside_user', 'source_url', { message, hint })
}

const urlContainsEmail = (url: string): boolean => containsEmail(url.replace(/^https?:\/\/[^/?#]*@/i, ''))

import { type Context, report } from './context.ts'
import { containsEmail } from './privacy.ts'

/** The common case, decided without a parser: a dotted host in lower case whose last label begins with a letter, printable ASCII after it. */
const ORDINARY_URL = /^https?:\/\/(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?:[/?#][!-[\]-~]*)?$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const HTTP_URL = /^https?:\/\/[^\s\u0000-\u001f\u007f-\u009f\\/?#][^\s\u0000-\u001f\u007f-\u009f\\]*$/i

/** True for an absolute http(s) URL with a host. */
export function isHttpUrl(text: string): boolean {
  // A label with `--` may be Punycode, which can be malformed.
  if (ORDINARY_URL.test(text) && !text.includes('--')) return true
  return HTTP_URL.test(text) && URL.canParse(text)
}

/**
 * Judges `source_url` and gives the URL to send: origin and path only, unless the setting keeps the rest (official guidance:
 * no query, no fragment).
 */
export function judgeSourceUrl(url: string, context: Context): string {
  if (!isHttpUrl(url)) {
    report(context, 'invalid_source_url', 'source_url')
    return url
  }
  if (url.includes('@')) judgeCredentials(url, context)
  const isShort = context.keepUrlQuery || (!url.includes('?') && !url.includes('#'))
  const kept = isShort ? url : url.slice(0, url.search(/[?#]/))
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
    ? 'source_url held an email address in its query; it was removed with the query.'
    : 'source_url contains an email address.'
  context.issues.push({
    code: 'email_outside_user',
    path: 'source_url',
    message,
    severity: removedWithQuery ? 'warning' : 'error',
    hint: 'Keep personal data out of the addresses of your pages: servers, logs and other tags see them too.',
  })
}

const urlContainsEmail = (url: string): boolean =>
  (url.includes('@') || url.includes('%')) && containsEmail(url.replace(/^https?:\/\/[^/?#]*@/i, ''))

import type { PixelConfig } from '../engine/index.ts'
import { readDatabaseUrl, WRITE_URL } from '../store/postgres/connection/database-url.ts'
import type { OutboxEntry } from './outbox-schema.ts'
import type { SecretReader } from './secret.ts'

/** One shop's database, its address read. */
export interface OutboxConfig {
  readonly name: string
  readonly url: string
  readonly pixels: '*' | readonly { readonly pixelId: string; readonly roles?: readonly string[] | undefined }[]
}

/** Reads the addresses; what is wrong with an entry is noted with the secrets' faults. */
export function readOutboxes(
  entries: readonly OutboxEntry[],
  pixels: readonly PixelConfig[],
  secrets: SecretReader,
): OutboxConfig[] {
  const read = entries.flatMap((entry, index): OutboxConfig[] => {
    const at = `outbox[${index}]`
    const wanted =
      entry.pixels === '*' ? '*' : entry.pixels.map((one) => (typeof one === 'string' ? { pixelId: one } : one))
    const strange = wanted === '*' ? [] : wanted.filter(({ pixelId }) => !pixels.some((one) => one.pixelId === pixelId))
    if (strange.length > 0) secrets.note(`${at}.pixels`, 'no pixel of this id is configured: add it to pixels')
    const url = secrets.read(at, 'url', { env: entry.urlEnv, file: entry.urlFile, inline: entry.url })
    if (url === '') return []
    if (readDatabaseUrl(url) === undefined) {
      secrets.note(at, `this is no URL of a PostgreSQL database: ${WRITE_URL}`)
      return []
    }
    return [{ name: entry.name ?? nameIn(url), url, pixels: wanted }]
  })
  for (const [index, { name }] of read.entries())
    if (read.findIndex((one) => one.name === name) < index)
      secrets.note(`outbox[${index}].name`, 'another outbox has the same name: give each a name')
  return read
}

/** The database's name, as accounts can show it. */
function nameIn(url: string): string {
  const name = (readDatabaseUrl(url)?.database ?? '').replace(/[^\w.-]/g, '_')
  return /^[A-Za-z0-9]/.test(name) ? name.slice(0, 64) : 'database'
}

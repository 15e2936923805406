import { secretsIn } from '../store/postgres/connection/database-url.ts'
import type { RelayConfig } from './config.ts'

const REMOVED = '[removed]'

/** The configuration in effect as JSON, for people: where secrets come from, never what they are. */
export function printable({ settings, dataDir }: RelayConfig): string {
  const hide = <Token extends { readonly token?: string | undefined }>(token: Token): Token =>
    token.token === undefined ? token : { ...token, token: REMOVED }
  const safe = {
    ...settings,
    dataDir,
    store: settings.store === 'sqlite' ? settings.store : REMOVED,
    intakeTokens: settings.intakeTokens.map(hide),
    adminTokens: settings.adminTokens.map(hide),
    outbox: settings.outbox.map((one) => (one.url === undefined ? one : { ...one, url: REMOVED })),
  }
  return JSON.stringify(safe, null, 2)
}

/** Every secret of the configuration, so that they can be kept out of whatever is written. */
export function secretsOf({
  pixels,
  intakeTokens,
  adminTokens,
  sources,
  outboxes,
  storeUrl,
}: RelayConfig): readonly string[] {
  const tokens = [...intakeTokens, ...adminTokens].map(({ token }) => token)
  return [
    ...pixels.map(({ apiKey }) => apiKey),
    ...tokens,
    ...sources.flatMap(({ secrets }) => secrets),
    ...outboxes.flatMap(({ url }) => secretsIn(url)),
    ...(storeUrl === undefined ? [] : secretsIn(storeUrl)),
  ]
}

import { SECOND_MS } from 'waybill/delivery'

/** `skipped`: could not be asked, because something before it is wrong or because it does not apply. */
export type Level = 'ok' | 'warning' | 'wrong' | 'skipped'

export type Check =
  | 'configuration'
  | 'disk'
  | 'schema'
  | 'dns'
  | 'tls'
  | 'api'
  | 'clock'
  | 'outbox'
  | 'key'
  | 'contract'

/** What one check found, in words for people. Never holds a key. */
export interface Finding {
  readonly check: Check
  /** The pixel, host or path that it is about. */
  readonly about: string
  readonly level: Level
  readonly message: string
  /** What to do now. */
  readonly next?: string | undefined
}

/** True where nothing is wrong; warnings are allowed. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ level }) => level !== 'wrong')
}

const UNITS: readonly (readonly [bytes: number, name: string])[] = [
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
]

/** Bytes as people read them, in powers of ten. */
export function sizeText(bytes: number): string {
  const [unit, name] = UNITS.find(([least]) => bytes >= least) ?? [1e3, 'kB']
  return `${(bytes / unit).toFixed(1)} ${name}`
}

export function secondsText(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS)
  return `${seconds.toLocaleString('en-US')} s`
}

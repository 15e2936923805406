import { DEFAULT_ENDPOINT } from 'waybill/client'
import { splitListen } from '../config/listen.ts'
import { isLoopbackHost } from '../config/loopback-host.ts'
import { readSettings } from '../config/read-settings.ts'

/** What has to be known to write a first configuration. No secret is among it. */
export interface Answers {
  readonly pixelId: string
  readonly contract: string
  readonly listen: string
  readonly dataDir: string
  /** Base URL of the API, or of the emulator for a trial. */
  readonly endpoint: string
}

export interface Question {
  readonly key: keyof Answers
  readonly text: string
  /** Taken where nothing is answered; there is none for what only the operator can know. */
  readonly standard?: string
}

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  { key: 'pixelId', text: 'Pixel ID, from the conversions tab in Ads Manager' },
  { key: 'contract', text: 'Contract generation of the account (2026-06 or 2026-11)', standard: '2026-06' },
  { key: 'listen', text: 'Address to listen on; 127.0.0.1 for this machine alone', standard: '127.0.0.1:8787' },
  { key: 'dataDir', text: 'Folder of the data', standard: 'waybill-data' },
  {
    key: 'endpoint',
    text: 'Base URL of the API; http://127.0.0.1:8788 for waybill emulate',
    standard: DEFAULT_ENDPOINT,
  },
]

/** What is wrong with one answer, by the rules of the configuration itself; `undefined` where nothing is. */
export function faultIn(key: keyof Answers, value: string): string | undefined {
  const pixel = { pixelId: 'px', apiKeyEnv: 'WAYBILL_API_KEY' }
  const ofPixel = key === 'pixelId' || key === 'contract' || key === 'endpoint'
  const raw = {
    pixels: [ofPixel ? { ...pixel, [key]: value } : pixel],
    // An address of the network is no fault here: tokens for it are made.
    intakeTokens: [{ name: 'made', tokenEnv: 'WAYBILL_INTAKE_TOKEN' }],
    ...(!ofPixel && { [key]: value }),
  }
  return readSettings({ raw, origins: new Map() }).faults[0]?.remedy
}

/** True where others than this machine can reach the address, so that tokens are needed. */
export function isExposed(listen: string): boolean {
  return !isLoopbackHost(splitListen(listen).host)
}

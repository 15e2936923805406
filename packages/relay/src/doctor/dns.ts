import type { LookupAddress } from 'node:dns'
import type { Endpoint } from './endpoint.ts'
import type { Finding } from './finding.ts'
import { codeOf, within } from './within.ts'

/** What the name of the endpoint leads to. */
export interface DnsFacts {
  readonly host: string
  /** `address`: no name, so that nobody was asked. */
  readonly state: 'address' | 'found' | 'failed'
  readonly addresses: readonly string[]
  readonly code?: string | undefined
}

export type Lookup = (host: string, options: { readonly all: true }) => Promise<LookupAddress[]>

const REMEDIES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Check the spelling of the endpoint, and that this machine may ask its name server.',
  EAI_AGAIN: 'The name server does not answer: check /etc/resolv.conf and the network.',
  ETIMEDOUT: 'The name server does not answer: check /etc/resolv.conf and the network.',
}
const OTHER_REMEDY = 'Check the endpoint and the name server of this machine.'
const SHOWN = 3

export function judgeDns({ host, state, addresses, code = 'unknown' }: DnsFacts): Finding {
  const about = { check: 'dns', about: host } as const
  if (state === 'address') return { ...about, level: 'ok', message: 'is an address; no name to look up' }
  if (state === 'failed' || addresses.length === 0) {
    const message = `has no address (${state === 'failed' ? code : 'the name server gave none'})`
    return { ...about, level: 'wrong', message, next: REMEDIES[code] ?? OTHER_REMEDY }
  }
  const more = addresses.length > SHOWN ? ` and ${addresses.length - SHOWN} more` : ''
  return { ...about, level: 'ok', message: `is ${addresses.slice(0, SHOWN).join(', ')}${more}` }
}

export async function askDns({ host, isAddress }: Endpoint, lookup: Lookup, timeoutMs: number): Promise<DnsFacts> {
  if (isAddress) return { host, state: 'address', addresses: [] }
  try {
    const found = await within(timeoutMs, lookup(host, { all: true }))
    return { host, state: 'found', addresses: found.map(({ address }) => address) }
  } catch (error) {
    return { host, state: 'failed', addresses: [], code: codeOf(error) }
  }
}

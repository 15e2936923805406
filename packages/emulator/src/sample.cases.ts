import { createEmulator, type Emulator } from './emulator.ts'
import type { WireEvent } from './ledger.ts'
import type { EmulatorOptions } from './options.ts'

/** The moment of every test: no test depends on today. */
export const NOW_MS = 1_773_892_800_000

/** The specification's own example. */
export const ORDER: WireEvent & { readonly data: Readonly<Record<string, unknown>> } = {
  id: 'order_12345',
  type: 'order_created',
  timestamp_ms: NOW_MS,
  oppref: 'oppref_abc',
  source_url: 'https://shop.example.com/checkout/confirmation',
  action_source: 'web',
  user: {
    email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
    external_id_sha256: '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e',
    country: 'US',
    city: 'San Francisco',
    zip_code: '94107',
    ip_address: '203.0.113.1',
    user_agent: 'Mozilla/5.0',
  },
  data: {
    type: 'contents',
    amount: 2599,
    currency: 'USD',
    contents: [{ id: 'sku_123', name: 'Starter bundle', content_type: 'product', quantity: 1 }],
  },
}

/** The least that an event can be. */
export const LEAD: WireEvent = {
  id: 'lead_1',
  type: 'lead_created',
  timestamp_ms: NOW_MS,
  data: { type: 'customer_action' },
}

export const PATH = 'http://emulator/v1/events?pid=px_1'

export interface ErrorBody {
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string | null
    readonly errors?: readonly { readonly message: string; readonly param: string; readonly code: string }[]
  }
}

export function emulatorAt(options: EmulatorOptions = {}): Emulator {
  return createEmulator({ now: NOW_MS, ...options })
}

/** A request that is right in all but, perhaps, its body. */
export function requestOf(body: unknown, headers: Record<string, string> = {}): RequestInit {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method: 'POST', headers: { authorization: 'Bearer key', ...headers }, body: text }
}

export function post(emulator: Emulator, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return emulator.fetch(PATH, requestOf(body, headers))
}

export async function errorOf(response: Response): Promise<ErrorBody['error']> {
  return ((await response.json()) as ErrorBody).error
}

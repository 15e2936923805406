/** A fault that a key of `waybill dev` switches on: what the relay hears instead of the API, or `undefined` where it is asked as ever. */
export interface DevFault {
  readonly says: string
  readonly answer?: () => Response
}

const failing = (status: number, headers: Record<string, string> = {}): Response =>
  new Response('{"error":{"message":"switched on in waybill dev"}}', { status, headers })

export const FAULT_KEYS: Readonly<Record<string, DevFault>> = {
  '0': { says: 'no fault' },
  '1': {
    says: 'API away',
    answer: () => {
      throw new TypeError('fetch failed', { cause: new Error('switched off in waybill dev') })
    },
  },
  '2': { says: '503', answer: () => failing(503) },
  '3': { says: '429', answer: () => failing(429, { 'retry-after': '5' }) },
  '4': { says: '401', answer: () => failing(401) },
}

export interface Switchboard {
  readonly fetch: typeof fetch
  /** Takes one of {@link FAULT_KEYS}. */
  choose(key: string): void
}

/** Stands between the relay and the API. */
export function createSwitchboard(ask: typeof fetch): Switchboard {
  let fault: DevFault = FAULT_KEYS['0']!
  return {
    fetch: async (input, init) => fault.answer?.() ?? (await ask(input, init)),
    choose(key) {
      fault = FAULT_KEYS[key] ?? fault
    },
  }
}

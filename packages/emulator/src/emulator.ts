import { createHandle } from './api.ts'
import { createContext } from './context.ts'
import { createFetch } from './in-process.ts'
import type { RequestRecord, StoredEvent, Summary } from './ledger.ts'
import { type Behaviour, type EmulatorOptions, readOptions } from './options.ts'
import { type Listening, type ListenOptions, listen } from './server.ts'

/** The OpenAI Ads Conversions API in one process: asked through `fetch`, or over HTTP after `listen`. All share one ledger. */
export interface Emulator {
  /** Answers without a port. May be passed on by itself, as a client's `fetch`. */
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>
  /** Serves the same API on a port; default 127.0.0.1:8788, port 0 takes any. */
  listen(options?: ListenOptions): Promise<Listening>
  summary(): Summary
  /** The stored events in order of first arrival, of one pixel or of all. Copies. */
  events(pid?: string): StoredEvent[]
  /** The last 1,000 requests, oldest first; only under `keep: 'all'`. */
  requests(): RequestRecord[]
  /** Empties the ledger and starts the faults anew from the seed. */
  reset(): void
  /** Takes other faults from the next request on; what is not given stays. Throws an Error that names a bad value. */
  behave(behaviour: Behaviour): void
}

/** Creates an emulator. Throws an Error that names the option where one has a bad value. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const context = createContext(readOptions(options))
  const handle = createHandle(context)
  const { ledger } = context
  return {
    fetch: createFetch(handle),
    listen: (listenOptions) => listen(handle, listenOptions),
    summary: () => ledger.summary(),
    events: (pid) => ledger.events(pid),
    requests: () => ledger.requests(),
    reset: () => context.reset(),
    behave: (behaviour) => context.behave(behaviour),
  }
}

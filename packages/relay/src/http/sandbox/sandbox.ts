import { WaybillError } from 'waybill'
import { isLoopbackHost } from '../../config/index.ts'
import type { PixelConfig } from '../../engine/index.ts'

/** What the emulator behind a pixel is told to do, and does. */
export interface Behaviour {
  readonly fault: Readonly<Record<string, number>>
  readonly errors: string
  readonly latencyMs: number
  readonly poison: string | null
}

/** What the emulator has stored. */
export interface Ledger {
  readonly stored: number
  readonly duplicates: number
  readonly requests: number
  readonly last: readonly unknown[]
}

export interface SandboxOptions {
  readonly pixels: () => readonly PixelConfig[]
  readonly fetch: typeof fetch
  readonly monotonic: () => number
}

const ASK_AGAIN_MS = 10_000
const TIMEOUT_MS = 2_000
const LAST = 20

/** The emulator has said no, in its own words. */
export class SandboxRefusal extends WaybillError {
  override readonly name: string = 'SandboxRefusal'

  constructor(message: string) {
    super('sandbox_refused', message)
  }
}

/** The emulators behind the pixels. Only one on this machine is taken for one: nobody else is told how to behave. */
export class Sandbox {
  readonly #options: SandboxOptions
  readonly #known = new Map<string, { readonly isEmulator: boolean; readonly atMs: number }>()

  constructor(options: SandboxOptions) {
    this.#options = options
  }

  /** The pixels whose endpoint is an emulator. */
  async pixels(): Promise<readonly string[]> {
    const pixels = this.#options.pixels()
    const areOurs = await Promise.all(pixels.map(({ endpoint }) => this.#isEmulator(baseOf(endpoint))))
    return pixels.filter((_, at) => areOurs[at]).map(({ pixelId }) => pixelId)
  }

  /** `undefined` for a pixel without an emulator. */
  async behave(pixel: string, changes: Partial<Behaviour>): Promise<Behaviour | undefined> {
    const base = await this.#baseOf(pixel)
    return base === undefined ? undefined : this.#ask<Behaviour>(`${base}/_emulator/behave`, changes)
  }

  async ledger(pixel: string): Promise<Ledger | undefined> {
    const base = await this.#baseOf(pixel)
    if (base === undefined) return undefined
    const [summary, { events }] = await Promise.all([
      this.#ask<Omit<Ledger, 'last'>>(`${base}/_emulator/summary`),
      this.#ask<{ events: unknown[] }>(`${base}/_emulator/events?pid=${encodeURIComponent(pixel)}`),
    ])
    const { stored, duplicates, requests } = summary
    return { stored, duplicates, requests, last: events.slice(-LAST).reverse() }
  }

  async #baseOf(pixel: string): Promise<string | undefined> {
    const config = this.#options.pixels().find(({ pixelId }) => pixelId === pixel)
    const base = config && baseOf(config.endpoint)
    return base !== undefined && (await this.#isEmulator(base)) ? base : undefined
  }

  async #isEmulator(base: string): Promise<boolean> {
    if (!isLoopbackHost(new URL(base).hostname)) return false
    const nowMs = this.#options.monotonic()
    const known = this.#known.get(base)
    if (known !== undefined && nowMs - known.atMs < ASK_AGAIN_MS) return known.isEmulator
    const isEmulator = await this.#ask<{ stored?: unknown }>(`${base}/_emulator/summary`).then(
      ({ stored }) => typeof stored === 'number',
      () => false,
    )
    this.#known.set(base, { isEmulator, atMs: nowMs })
    return isEmulator
  }

  async #ask<Answer>(url: string, body?: object): Promise<Answer> {
    const response = await this.#options.fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Answer & { readonly error?: { readonly message?: string } }
    if (!response.ok) throw new SandboxRefusal(answer.error?.message ?? `It answered ${response.status}.`)
    return answer
  }
}

function baseOf(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/v1\/events$/, '')
}

import type { ContextKey } from './context-key.ts'

/** What is known of a business key of a pixel, such as an order's click reference, to be joined to its event when that is sent. */
export interface Contexts {
  /** Keeps a value (JSON) in place of what was kept under the key. */
  putContext(pixel: string, key: ContextKey, value: string, nowMs: number): Promise<void>
  /** Values by key; a key of which nothing is kept is absent. */
  getContexts(pixel: string, keys: readonly ContextKey[]): Promise<ReadonlyMap<ContextKey, string>>
  /** Forgets it; `false` when nothing was kept. */
  dropContext(pixel: string, key: ContextKey): Promise<boolean>
  /** Forgets up to `limit` that were put before. Call until it gives 0. */
  pruneContexts(call: { readonly putBeforeMs: number; readonly limit: number }): Promise<number>
}

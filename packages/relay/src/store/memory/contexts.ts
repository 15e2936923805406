import type { Contexts } from '../context.ts'
import type { ContextKey } from '../context-key.ts'
import { contextName, type MemoryData } from './data.ts'

export function memoryContexts({ contexts }: MemoryData): Contexts {
  return {
    putContext: async (pixel, key, value, nowMs) => void contexts.set(contextName(pixel, key), { value, atMs: nowMs }),
    async getContexts(pixel, keys) {
      return new Map(
        keys.flatMap((key): [ContextKey, string][] => {
          const found = contexts.get(contextName(pixel, key))
          return found === undefined ? [] : [[key, found.value]]
        }),
      )
    },
    dropContext: async (pixel, key) => contexts.delete(contextName(pixel, key)),
    async pruneContexts({ putBeforeMs, limit }) {
      const old = [...contexts].filter(([, { atMs }]) => atMs < putBeforeMs).slice(0, limit)
      for (const [name] of old) contexts.delete(name)
      return old.length
    },
  }
}

import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useSyncExternalStore } from 'react'
import type { Scoped } from '../api/queries.ts'
import { type Range, rangeOf, type Scope } from '../logic/range.ts'
import type { PageSearch } from '../router.tsx'

export interface ScopeInUse {
  readonly scope: Scope
  readonly range: Range
  /** As questions take it. */
  readonly asked: Scoped
  readonly search: PageSearch
  /** Changes parts of the address; `undefined` takes a part out. */
  readonly change: (parts: { readonly [Key in keyof PageSearch]?: PageSearch[Key] | undefined }) => void
}

const MINUTE_MS = 60_000
const LOOK_EVERY_MS = 5_000

/** Pixel and range of the address. */
export function useScope(): ScopeInUse {
  const search = useSearch({ strict: false }) as PageSearch
  const navigate = useNavigate()
  const minute = useSyncExternalStore(eachMinute, () => Math.floor(Date.now() / MINUTE_MS))
  return useMemo(() => {
    const scope = scopeOf(search)
    const range = rangeOf(scope, minute * MINUTE_MS)
    const asked = { pixel: scope.pixel, from: range.fromMs, until: range.untilMs }
    const change: ScopeInUse['change'] = (parts) => {
      const next = Object.fromEntries(
        Object.entries({ ...search, ...parts }).filter(([, value]) => value !== undefined),
      )
      void navigate({ to: '.', search: next as PageSearch, replace: true })
    }
    return { scope, range, asked, search, change }
  }, [search, minute, navigate])
}

function scopeOf({ pixel, range, from, until }: PageSearch): Scope {
  const parts = { pixel, range, from, until }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Scope
}

function eachMinute(listener: () => void): () => void {
  const timer = setInterval(listener, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}

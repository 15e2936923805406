import { type Query, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { Me } from '../api/shapes.ts'
import { type Heard, Stream } from '../api/stream.ts'

/** Who reads, and what is heard of the relay. */
export interface Live extends Heard {
  readonly me: Me
  readonly canWrite: boolean
  /** Another version answers than the one that brought this page. */
  readonly isReplaced: boolean
}

const LiveContext = createContext<Live | undefined>(undefined)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (live === undefined) throw new Error('useLive stands outside of LiveProvider')
  return live
}

const REFRESH_MS = 3_000
const RELOAD_AFTER_MS = 3_000
/** Figures that a tick makes old. */
const MOVING = [
  '/api/today',
  '/api/series',
  '/api/refused',
  '/api/tasks',
  '/api/events',
  '/api/pixels',
  '/api/requests',
]
const isMoving = (path: unknown): boolean => typeof path === 'string' && MOVING.some((one) => path.startsWith(one))

export function LiveProvider({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  const [stream] = useState(() => new Stream())
  useEffect(() => stream.open(), [stream])
  const heard = useSyncExternalStore(stream.subscribe, stream.get)
  useRefresh(heard)
  const isReplaced = heard.tick !== undefined && heard.tick.version !== me.version
  useReload(isReplaced ? heard.tick?.version : undefined)
  return <LiveContext value={{ ...heard, me, canWrite: me.role === 'operator', isReplaced }}>{children}</LiveContext>
}

const RELOADED = 'waybill-reloaded-for'

/** Loads the page of the relay that took the place of the old one: once, as two versions behind one address would go on for ever. */
function useReload(version: string | undefined): void {
  useEffect(() => {
    if (version === undefined || sessionStorage.getItem(RELOADED) === version) return
    const timer = setTimeout(() => {
      sessionStorage.setItem(RELOADED, version)
      location.reload()
    }, RELOAD_AFTER_MS)
    return () => clearTimeout(timer)
  }, [version])
}

/** Asks again for what is on the screen and older than what the relay wrote, every few seconds at most. */
function useRefresh({ tick, isLost }: Heard): void {
  const queries = useQueryClient()
  const last = useRef({ atMs: Date.now(), wasLost: false })
  useEffect(() => {
    if (tick === undefined) return
    const now = Date.now()
    const { atMs, wasLost } = last.current
    last.current.wasLost = isLost
    if (now - atMs < REFRESH_MS && !(wasLost && !isLost)) return
    last.current.atMs = now
    const isOld = ({ queryKey, state }: Query): boolean =>
      isMoving(queryKey[0]) && (wasLost || commitOf(state.data as Told | undefined) !== tick.commit)
    void queries.invalidateQueries({ predicate: isOld })
  }, [tick, isLost, queries])
}

/** Each answer says at which commit it was read; of a long list the first page does. */
type Told = { readonly commit?: number; readonly pages?: readonly Told[] }

function commitOf(told: Told | undefined): number | undefined {
  return told?.commit ?? told?.pages?.[0]?.commit
}

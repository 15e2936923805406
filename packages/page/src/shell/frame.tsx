import { Outlet } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useState } from 'react'
import { ApiError } from '../api/client.ts'
import { useMe } from '../api/queries.ts'
import type { Me } from '../api/shapes.ts'
import { Problem } from '../parts/problem.tsx'
import { t } from '../texts/index.ts'
import { Head } from './head.tsx'
import { LiveProvider, useLive } from './live.tsx'
import { Notices } from './notices.tsx'
import { Rail } from './rail.tsx'
import { useKeys } from './use-keys.ts'
import { useTitle } from './use-title.ts'

const Login = lazy(() => import('../pages/login.tsx').then(({ Login }) => ({ default: Login })))
const Palette = lazy(() => import('./palette.tsx').then(({ Palette }) => ({ default: Palette })))

/** The token of a reader's link stands behind `#`, so that no server log has it. */
const LINK = /^#link=(.+)$/

/** The whole window: log-in, or rail, head and page. */
export function Frame() {
  const me = useMe()
  const [link] = useState(() => LINK.exec(location.hash)?.[1])
  const [isEntered, setIsEntered] = useState(link === undefined)
  const status = me.error instanceof ApiError ? me.error.status : undefined
  if (!isEntered || status === 401 || status === 404) {
    return (
      <Suspense>
        <Login
          link={isEntered ? undefined : link}
          hadSession={me.data !== undefined}
          onEnter={() => setIsEntered(true)}
        />
      </Suspense>
    )
  }
  if (me.data !== undefined) return <Inside me={me.data} />
  if (me.error === null) return null
  return (
    <main className="login">
      <h1>Waybill</h1>
      <Problem what="Waybill" error={me.error} onRetry={() => void me.refetch()} />
    </main>
  )
}

function Inside({ me }: { readonly me: Me }) {
  return (
    <LiveProvider me={me}>
      <Shell />
    </LiveProvider>
  )
}

function Shell() {
  const { me } = useLive()
  const [isSearching, setIsSearching] = useState(false)
  const search = useCallback(() => setIsSearching(true), [])
  useKeys(search, me.sandbox)
  useTitle()
  return (
    <div className="frame">
      <a className="skip" href="#main">
        {t.common.skip}
      </a>
      <Rail />
      <Head onSearch={search} />
      <main className="main" id="main" tabIndex={-1}>
        <Notices />
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      {isSearching && (
        <Suspense>
          <Palette onClose={() => setIsSearching(false)} />
        </Suspense>
      )}
    </div>
  )
}

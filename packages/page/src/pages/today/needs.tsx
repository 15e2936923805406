import { Link } from '@tanstack/react-router'
import { post } from '../../api/client.ts'
import type { Need } from '../../api/shapes.ts'
import { clock, count } from '../../logic/format.ts'
import { Act } from '../../parts/act.tsx'
import { State } from '../../parts/state.tsx'
import { Time } from '../../parts/time.tsx'
import { useAct } from '../../parts/use-act.ts'
import { useScope } from '../../shell/use-scope.ts'
import { t } from '../../texts/index.ts'

/** What needs a person, with the one button; what is lost first comes first. */
export function Needs({ needs }: { readonly needs: readonly Need[] }) {
  if (needs.length === 0) return <p className="delivered">● {t.today.needsNothing}</p>
  return (
    <ul className="list">
      {needs.map((need) => (
        <li key={`${need.kind}:${need.pixel}:${need.code}:${need.source}`} className="stack">
          <NeedView need={need} />
        </li>
      ))}
    </ul>
  )
}

const WAITING = ['held', 'shape_held', 'clock', 'failing', 'expiring']

function NeedView({ need }: { readonly need: Need }) {
  const { kind, pixel, code, source, events, sinceMs, lostFromMs, hint } = need
  return (
    <>
      <div className="row">
        <State state={WAITING.includes(kind) ? 'held' : 'refused'} word={t.needs[kind] ?? kind} />
        <span className="grow">
          {[pixel, source, code].filter((part) => part !== null).join(' · ')}
          {events > 0 && <b className="num"> {count(events)}</b>}
        </span>
        <NeedAction need={need} />
      </div>
      <p className="small muted">
        {hint} {sinceMs !== null && <Time ms={sinceMs} />}
        {lostFromMs !== null && <> {t.today.lostFrom(clock(lostFromMs))}</>}
      </p>
    </>
  )
}

function NeedAction({ need: { action, pixel, code } }: { readonly need: Need }) {
  const { scope } = useScope()
  if (action === null) return null
  if (action === 'resume' && pixel !== null) return <Resume pixel={pixel} />
  const text = t.today.actions[action] ?? action
  const isRefused = action === 'fix'
  return (
    <Link
      className="button"
      to={isRefused ? '/refused' : '/pixels'}
      search={{ ...scope, ...(pixel === null ? {} : { pixel }) }}
      aria-label={`${text}: ${pixel ?? code ?? ''}`}
    >
      {text}
    </Link>
  )
}

function Resume({ pixel }: { readonly pixel: string }) {
  const { run, isRunning, error } = useAct()
  const text = t.today.actions['resume']!
  const resume = (): Promise<boolean> => run(() => post(`/api/pixels/${encodeURIComponent(pixel)}/resume`))
  return (
    <>
      {error !== undefined && <span className="refused small">{error.message}</span>}
      <Act onPress={() => void resume()} isDisabled={isRunning} label={`${text}: ${pixel}`}>
        {text}
      </Act>
    </>
  )
}

import { Link } from '@tanstack/react-router'
import type { Cause, Level, Today } from '../../api/shapes.ts'
import { clock, count, duration } from '../../logic/format.ts'
import { causeInWords, sentenceOf } from '../../logic/sentence.ts'
import { Copy } from '../../parts/copy.tsx'
import { useScope } from '../../shell/use-scope.ts'
import { t } from '../../texts/index.ts'

const SIGNS: Readonly<Record<Level, readonly [sign: string, className: string]>> = {
  green: ['●', 'delivered'],
  amber: ['▲', 'held'],
  red: ['■', 'refused'],
}

/** The sentence, what else there is, and what it means for what waits. */
export function VerdictView({ today }: { readonly today: Today }) {
  const { verdict, atMs } = today
  const [first, ...others] = verdict.causes
  const sentence = sentenceOf(today, atMs)
  const [sign, className] = SIGNS[verdict.level]
  return (
    <div className="stack">
      <p className="sentence" id="sentence">
        <span aria-hidden="true" className={className}>
          {sign}{' '}
        </span>
        <CauseLink cause={first}>{sentence}</CauseLink>
      </p>
      {others.length > 0 && (
        <ul className="stack">
          {others.map((cause) => (
            <li key={`${cause.kind}:${cause.pixel}:${cause.source}:${cause.code}:${cause.sinceMs}`}>
              <CauseLink cause={cause}>{causeInWords(cause, atMs)}</CauseLink>
            </li>
          ))}
        </ul>
      )}
      <Beside today={today} sentence={sentence} />
    </div>
  )
}

function Beside({ today, sentence }: { readonly today: Today; readonly sentence: string }) {
  const { verdict, lag } = today
  return (
    <div className="muted row small">
      <span>{t.today.lagReports}</span>
      {!verdict.enoughDays && <span>{t.today.notEnoughDays}</span>}
      {verdict.lostFromMs !== null && <span>{t.today.lostFrom(clock(verdict.lostFromMs))}</span>}
      {lag.delivered !== null && (
        <span>{t.today.lag(duration(lag.delivered.p50Ms), duration(lag.delivered.p95Ms))}</span>
      )}
      <Copy text={chatText(today, sentence)}>{t.today.copyChat}</Copy>
    </div>
  )
}

/** Sentence, numbers and link. */
function chatText({ pipeline }: Today, sentence: string): string {
  const stages = ['accepted', 'delivered', 'refused', 'held', 'expired'] as const
  const numbers = stages.map((stage) => `${t.states[stage]} ${count(pipeline[stage].events)}`).join(' · ')
  return `${sentence}\n${numbers}\n${location.href}`
}

const PAGE_OF = {
  more_refused: '/refused',
  waiting: '/pixels',
  fewer_came: '/events',
  delivered_reported_later: '/events',
} as const

/** A cause opens what it is about. */
function CauseLink({ cause, children }: { readonly cause: Cause | undefined; readonly children: string }) {
  const { scope } = useScope()
  if (cause === undefined || cause.kind === 'no_events_yet') return <>{children}</>
  const where = {
    ...scope,
    ...(cause.pixel === null ? {} : { pixel: cause.pixel }),
    ...(cause.source === null ? {} : { source: cause.source }),
    ...(cause.code === null || cause.kind !== 'more_refused' ? {} : { code: cause.code }),
  }
  return (
    <Link to={PAGE_OF[cause.kind]} search={where}>
      {children}
    </Link>
  )
}

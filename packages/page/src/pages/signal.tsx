import { useSignal, useWebhooks } from '../api/queries.ts'
import type { Signal, WebhookSource } from '../api/shapes.ts'
import { count, decimal } from '../logic/format.ts'
import { Part } from '../parts/part.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'
import { Orders } from './signal/orders.tsx'

/** What do we give the API to match with, and what changed. */
export function SignalPage() {
  const { asked } = useScope()
  const signal = useSignal(asked)
  const webhooks = useWebhooks(asked)
  return (
    <>
      <h1>{t.pages.signal}</h1>
      <div className="two">
        <Part title={t.signal.title} query={signal} side={<span className="small muted">{t.common.ourEstimate}</span>}>
          {(answer) => <Shares signal={answer} />}
        </Part>
        <Part title={t.signal.warnings} query={signal}>
          {(answer) => <Warnings signal={answer} />}
        </Part>
      </div>
      <Orders />
      <Part title={t.signal.webhooks} query={webhooks}>
        {({ sources }) => <Webhooks sources={sources} />}
      </Part>
    </>
  )
}

function Shares({ signal: { shares, events, late } }: { readonly signal: Signal }) {
  if (events === 0) return <p className="muted">{t.empty.range}</p>
  return (
    <div className="stack">
      <ul className="stack">
        {shares.map(({ key, percent, before, addedAtAttempt }) => (
          <li key={key}>
            <div className="row">
              <span className="grow">{t.signal.keys[key] ?? key}</span>
              <span className="num">
                <b>{share(percent)}</b>{' '}
                {before !== null && (
                  <span className="muted small">
                    {t.signal.before} {decimal(before)}%
                  </span>
                )}
              </span>
            </div>
            <div className="meter" role="img" aria-label={`${t.signal.keys[key] ?? key} ${share(percent)}`}>
              <div style={{ width: `${percent ?? 0}%` }} />
            </div>
            {addedAtAttempt > 0 && <span className="small muted">{t.signal.added(count(addedAtAttempt))}</span>}
          </li>
        ))}
      </ul>
      <p className="muted">{t.signal.late(share(late.percent), count(late.over1h))}</p>
    </div>
  )
}

/** Of nothing there is no share. */
function share(percent: number | null): string {
  return percent === null ? '–' : `${decimal(percent)}%`
}

const SIGNS: Readonly<Record<string, readonly [sign: string, className: string]>> = {
  ok: ['●', 'delivered'],
  low: ['▲', 'held'],
  unknown: ['○', 'muted'],
}

function Warnings({ signal: { warnings } }: { readonly signal: Signal }) {
  return (
    <ol className="list">
      {warnings.map(({ number, shown, level, percent, events }) => {
        const [sign, className] = SIGNS[shown ? level : 'unknown']!
        const figure = percent === null ? (events === null ? '' : count(events)) : `${decimal(percent)}%`
        return (
          <li key={number} className="row">
            <span className="grow">
              {number}. {t.signal.warningNames[number]}
            </span>
            <span className={`state ${className}`}>
              <span aria-hidden="true">{sign}</span>{' '}
              {shown ? `${t.signal.levels[level]} ${figure}` : t.signal.onlyThere}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

function Webhooks({ sources }: { readonly sources: readonly WebhookSource[] }) {
  if (sources.length === 0) return <p className="muted">{t.empty.range}</p>
  return (
    <div className="scroll">
      <table className="grid-table">
        <thead>
          <tr>
            {[t.events.source, t.common.pixel, t.states['accepted'], t.states['refused'], t.signal.is['skipped']].map(
              (title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {sources.map(({ source, pixel, accepted, refused, skipped }) => (
            <tr key={`${source}:${pixel}`}>
              <td>{source}</td>
              <td>{pixel}</td>
              <td className="num">{count(accepted)}</td>
              <td className="num">{count(refused)}</td>
              <td>
                {skipped.map(({ code, message, count: times }) => (
                  <div key={code} title={message}>
                    {code} <span className="num">{count(times)}</span>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

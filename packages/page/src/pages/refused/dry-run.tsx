import type { DryRun, Issue } from '../../api/shapes.ts'
import { count } from '../../logic/format.ts'
import { t } from '../../texts/index.ts'

/** What would become of all that match, and the first of them before and after. */
export function DryRunView({ answer }: { readonly answer: DryRun }) {
  const { wouldPass, wouldNot, tooOld, exact, first, failing, codes } = answer
  return (
    <div className="stack">
      <p role="status">
        <b>{t.refused.would(count(wouldPass), count(wouldNot), count(tooOld))}</b> {!exact && t.refused.notExact}
      </p>
      {first !== null && (
        <div className="two">
          <Half title={t.refused.before} value={first.before} />
          <Half title={t.refused.after} value={first.after} />
        </div>
      )}
      {failing.length > 0 && (
        <>
          <h3>{t.refused.failing}</h3>
          <p className="small muted">{codes.map(({ code, events }) => `${code} ${count(events)}`).join(' · ')}</p>
          <ul className="stack">
            {failing.map(({ row, id, issues }) => (
              <li key={row}>
                {id ?? t.events.noId}: <Issues issues={issues} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

function Half({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div className="stack">
      <h3>{title}</h3>
      <pre>{JSON.stringify(value, null, 2)}</pre>
    </div>
  )
}

export function Issues({ issues }: { readonly issues: readonly Issue[] }) {
  return <>{issues.map(({ path, message, code }) => `${path} ${message} (${code})`).join('; ')}</>
}

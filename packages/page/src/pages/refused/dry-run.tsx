import type { DryRun, Issue } from '../../api/shapes.ts'
import { count } from '../../logic/format.ts'
import { t } from '../../texts/index.ts'

/** What would become of all that match, and the first of them before and after. */
export function DryRunView({ answer }: { readonly answer: DryRun }) {
  const { wouldPass, wouldNot, tooOld, exact, first } = answer
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
      {first !== null && first.issues.length > 0 && (
        <p className="refused">
          ■ {t.refused.failing}: <Issues issues={first.issues} />
        </p>
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

function Issues({ issues }: { readonly issues: readonly Issue[] }) {
  return <>{issues.map(({ path, message, code }) => `${path} ${message} (${code})`).join('; ')}</>
}

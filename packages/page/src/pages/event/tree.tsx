import type { Attempt } from '../../api/shapes.ts'
import { count } from '../../logic/format.ts'
import { t } from '../../texts/index.ts'

/** The groups that the event travelled in, each below the one that it was split from: the last of them is who sank the batch. */
export function Tree({ attempts }: { readonly attempts: readonly Attempt[] }) {
  const split = attempts.filter(({ key }) => key !== undefined)
  if (!split.some(({ parentKey }) => parentKey !== null && parentKey !== undefined)) return null
  const keys = new Set(split.map(({ key }) => key))
  const roots = split.filter(({ parentKey }) => parentKey === null || parentKey === undefined || !keys.has(parentKey))
  return (
    <section className="panel">
      <h2>{t.event.tree}</h2>
      <ul>
        {roots.map((root) => (
          <Branch key={root.key} attempt={root} all={split} />
        ))}
      </ul>
    </section>
  )
}

function Branch({ attempt, all }: { readonly attempt: Attempt; readonly all: readonly Attempt[] }) {
  const below = all.filter(({ parentKey }) => parentKey === attempt.key)
  const hasPassed = attempt.verdict === 'delivered' || attempt.verdict === 'passed'
  return (
    <li>
      <p>
        <span className={hasPassed ? 'delivered' : 'refused'}>{hasPassed ? '●' : '■'}</span>{' '}
        {t.event.batch(count(attempt.events ?? 1))}{' '}
        <span className="muted">
          {attempt.status ?? '–'} {attempt.verdict} {attempt.code}
        </span>
      </p>
      {below.length > 0 && (
        <ul className="tree">
          {below.map((one) => (
            <Branch key={one.key} attempt={one} all={all} />
          ))}
        </ul>
      )}
    </li>
  )
}

import { Link } from '@tanstack/react-router'
import type { Today } from '../../api/shapes.ts'
import { count } from '../../logic/format.ts'
import { useScope } from '../../shell/use-scope.ts'
import { t } from '../../texts/index.ts'

const STATES = ['accepted', 'delivered', 'refused'] as const

/** What each source brought. */
export function Sources({ today: { sources } }: { readonly today: Today }) {
  const { scope } = useScope()
  if (sources.length === 0) return <p className="muted">{t.empty.range}</p>
  return (
    <div className="scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t.events.source}</th>
            {STATES.map((state) => (
              <th key={state} scope="col" className="right">
                {t.states[state]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sources.map(({ source, ...counts }) => (
            <tr key={source}>
              <td>
                <Link to="/events" search={{ ...scope, source }}>
                  {source}
                </Link>
              </td>
              {STATES.map((state) => (
                <td key={state} className={`right num ${state === 'refused' && counts.refused > 0 ? 'refused' : ''}`}>
                  {count(counts[state])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

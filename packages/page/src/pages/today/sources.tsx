import { Link } from '@tanstack/react-router'
import type { Today } from '../../api/shapes.ts'
import { Figure } from '../../parts/figure.tsx'
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
          {sources.map(({ source, ...figures }) => (
            <tr key={source}>
              <td>
                <Link to="/events" search={{ ...scope, source }}>
                  {source}
                </Link>
              </td>
              {STATES.map((state) => (
                <td
                  key={state}
                  className={`right num ${state === 'refused' && figures.refused.events > 0 ? 'refused' : ''}`}
                >
                  <Figure {...figures[state]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

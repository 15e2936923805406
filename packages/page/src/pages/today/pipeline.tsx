import { Link } from '@tanstack/react-router'
import type { Stage, Today } from '../../api/shapes.ts'
import { searchOf } from '../../logic/search-of.ts'
import { Figure } from '../../parts/figure.tsx'
import { State } from '../../parts/state.tsx'
import { useScope } from '../../shell/use-scope.ts'

const WAY: readonly Stage[] = ['accepted', 'queued', 'sending']
const ENDS: readonly Stage[] = ['delivered', 'refused', 'held', 'expired']

/** Accepted → queued → sending → the ends; each number opens its list. */
export function Pipeline({ today }: { readonly today: Today }) {
  return (
    <div className="pipelines">
      {[WAY, ENDS].map((stages, at) => (
        <ol key={stages[0]} className={at === 0 ? 'pipeline' : 'pipeline ends'}>
          {stages.map((stage) => (
            <li key={stage}>
              <StageView stage={stage} today={today} />
            </li>
          ))}
        </ol>
      ))}
    </div>
  )
}

function StageView({ stage, today }: { readonly stage: Stage; readonly today: Today }) {
  const { scope } = useScope()
  const { list, ...figure } = today.pipeline[stage]
  return (
    <Link className="stage" to="/events" search={{ ...scope, ...searchOf(list) }}>
      <State state={stage} />
      <Figure {...figure} />
    </Link>
  )
}

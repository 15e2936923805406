import { lazy, Suspense } from 'react'
import { useSeries, useToday } from '../api/queries.ts'
import { Part } from '../parts/part.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'
import { Needs } from './today/needs.tsx'
import { Pipeline } from './today/pipeline.tsx'
import { Sources } from './today/sources.tsx'
import { VerdictView } from './today/verdict.tsx'

const TodayChart = lazy(() => import('./today/chart.tsx').then(({ TodayChart }) => ({ default: TodayChart })))
const NoEvents = lazy(() => import('./today/no-events.tsx').then(({ NoEvents }) => ({ default: NoEvents })))

/** Is everything well? If not: what, since when, from where, and the one button. */
export function TodayPage() {
  const { asked } = useScope()
  const today = useToday(asked)
  const isEmpty = today.data !== undefined && today.data.now.accepted === 0
  return (
    <>
      <h1 className="visually-hidden">{t.pages.today}</h1>
      {isEmpty ? (
        <Suspense>
          <NoEvents />
        </Suspense>
      ) : (
        <Figures today={today} />
      )}
    </>
  )
}

function Figures({ today }: { readonly today: ReturnType<typeof useToday> }) {
  return (
    <>
      <Part
        title={t.today.verdict}
        query={today}
        className={`verdict ${today.data?.verdict.level ?? ''}`}
        isTitleHidden
      >
        {(answer) => <VerdictView today={answer} />}
      </Part>
      <Part title={t.today.pipeline} query={today}>
        {(answer) => <Pipeline today={answer} />}
      </Part>
      <ChartPart />
      <div className="two">
        <Part title={t.today.needs} query={today}>
          {(answer) => <Needs needs={answer.needs} />}
        </Part>
        <Part title={t.today.sources} query={today}>
          {(answer) => <Sources today={answer} />}
        </Part>
      </div>
    </>
  )
}

function ChartPart() {
  const { asked } = useScope()
  const series = useSeries({ ...asked, step: 'auto', band: true })
  return (
    <Part title={t.today.chart} query={series}>
      {(answer) => (
        <Suspense fallback={<div className="chart" />}>
          <TodayChart answer={answer} />
        </Suspense>
      )}
    </Part>
  )
}

import { useMemo } from 'react'
import { useRequestSummary, useRequests } from '../api/queries.ts'
import type { RequestSummary, RequestView } from '../api/shapes.ts'
import { count, decimal, duration } from '../logic/format.ts'
import { Chart } from '../parts/chart.tsx'
import { Part } from '../parts/part.tsx'
import { type Column, Rows } from '../parts/rows.tsx'
import { Time } from '../parts/time.tsx'
import { useScope } from '../shell/use-scope.ts'
import { t } from '../texts/index.ts'

/** How does the API treat us: verdicts, 429, pace, preflight. */
export function RequestsPage() {
  const { asked, search } = useScope()
  const summary = useRequestSummary(asked)
  const requests = useRequests({ ...asked, verdict: search.verdict })
  return (
    <>
      <h1>{t.pages.requests}</h1>
      <Part title={t.requests.chart} query={summary}>
        {(answer) => <Answers summary={answer} />}
      </Part>
      <div className="two">
        <Part title={t.requests.verdicts} query={summary}>
          {(answer) => <Verdicts summary={answer} />}
        </Part>
        <Part title={t.requests.pace} query={summary}>
          {(answer) => <Pace summary={answer} />}
        </Part>
      </div>
      <Part title={t.pages.requests} query={requests}>
        {(answer) =>
          answer.requests.length === 0 ? (
            <p className="muted">{t.requests.none}</p>
          ) : (
            <Rows label={t.pages.requests} items={answer.requests} keyOf={({ key }) => key} columns={COLUMNS} />
          )
        }
      </Part>
    </>
  )
}

const KINDS = [
  ['passed', 'delivered'],
  ['refused', 'refused'],
  ['limited', 'held'],
  ['failed', 'text'],
  ['held', 'accent'],
] as const

function Answers({ summary: { columns } }: { readonly summary: RequestSummary }) {
  const props = useMemo(() => {
    const lines = KINDS.map(([kind, colour], at) => ({
      label: t.requests.kinds[kind]!,
      colour,
      values: columns[kind],
      isDashed: at > 0,
    }))
    return { title: t.requests.chart, atMs: columns.atMs, lines, height: 220 }
  }, [columns])
  return columns.atMs.length === 0 ? <p className="muted">{t.requests.none}</p> : <Chart {...props} />
}

function Verdicts({ summary: { verdicts } }: { readonly summary: RequestSummary }) {
  const { search, change } = useScope()
  if (verdicts.length === 0) return <p className="muted">{t.requests.none}</p>
  const titles = [t.requests.status, t.requests.count]
  return (
    <div className="scroll">
      <table className="grid-table">
        <thead>
          <tr>
            <th scope="col">{t.requests.verdict}</th>
            {titles.map((title) => (
              <th key={title} scope="col" className="right">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {verdicts.map(({ verdict, status, requests }) => (
            <tr key={`${verdict}:${status}`}>
              <td>
                <button
                  type="button"
                  className="button plain"
                  aria-pressed={search.verdict === verdict}
                  onClick={() => change({ verdict: search.verdict === verdict ? undefined : verdict })}
                >
                  {verdict}
                </button>
              </td>
              <td className="right num">{status === 0 ? '–' : status}</td>
              <td className="right num">{count(requests)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Pace({ summary: { pace } }: { readonly summary: RequestSummary }) {
  return (
    <ul className="list">
      {pace.slice(0, 20).map(({ pixel, maxRequestsPerSecond, waitsMs, inFlight }) => (
        <li key={pixel} className="row">
          <bdi className="grow">{pixel}</bdi>
          <span className="num">
            {decimal(maxRequestsPerSecond)} {t.requests.perSecond}
          </span>
          <span className="num muted">
            {count(inFlight)} {t.requests.inFlight}
          </span>
          {waitsMs > 0 && <span className="held">▲ {t.requests.waitsFor(duration(waitsMs))}</span>}
        </li>
      ))}
    </ul>
  )
}

const COLUMNS: readonly Column<RequestView>[] = [
  { title: t.requests.at, width: '1fr', cell: ({ atMs }) => <Time ms={atMs} isPrecise /> },
  { title: t.requests.verdict, width: '1.3fr', cell: ({ verdict }) => verdict },
  { title: t.requests.status, width: '0.6fr', isExtra: true, cell: ({ status }) => status ?? '–' },
  { title: t.common.pixel, width: '1.3fr', isExtra: true, cell: ({ pixel }) => pixel },
  {
    title: t.events.code,
    width: '1.3fr',
    isExtra: true,
    cell: ({ code, message }) => <span title={message ?? ''}>{code ?? message ?? ''}</span>,
  },
  { title: t.requests.preflight, width: '0.8fr', isExtra: true, cell: ({ validateOnly }) => (validateOnly ? '●' : '') },
  { title: t.requests.events, width: '0.8fr', isRight: true, isExtra: true, cell: ({ events }) => count(events) },
  {
    title: t.requests.took,
    width: '0.8fr',
    isRight: true,
    isExtra: true,
    cell: ({ durationMs }) => duration(durationMs),
  },
]

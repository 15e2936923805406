import { useMemo } from 'react'
import type { SeriesAnswer } from '../../api/shapes.ts'
import { Chart, type Line } from '../../parts/chart.tsx'
import { t } from '../../texts/index.ts'

/** Accepted and refused, the band of the same weekday and hour, and the marks. */
export function TodayChart({ answer }: { readonly answer: SeriesAnswer }) {
  const props = useMemo(() => ({ title: t.today.chartWhat, marks: answer.marks, ...linesOf(answer) }), [answer])
  return (
    <>
      <Chart {...props} />
      <p className="legend">
        {answer.band === null ? (
          t.today.noBand
        ) : (
          <span>
            <i className="band" />
            {t.today.band}
          </span>
        )}
      </p>
    </>
  )
}

function linesOf({ series, band }: SeriesAnswer): {
  readonly atMs: readonly number[]
  readonly lines: readonly Line[]
} {
  const columns = series[0]?.columns
  const times = new Set<number>([...(columns?.atMs ?? []), ...(band?.atMs ?? [])])
  const atMs = [...times].sort((left, right) => left - right)
  const onto = (from: readonly number[], values: readonly (number | null)[]): (number | null)[] => {
    const byTime = new Map(from.map((time, at) => [time, values[at] ?? null]))
    return atMs.map((time) => byTime.get(time) ?? null)
  }
  const ofBand: readonly Line[] =
    band === null
      ? []
      : [
          { label: t.today.band, colour: 'muted', isBand: 'low', values: onto(band.atMs, band.low) },
          { label: t.today.band, colour: 'muted', isBand: 'high', values: onto(band.atMs, band.high) },
        ]
  if (columns === undefined) return { atMs, lines: ofBand }
  const accepted = { label: t.states['accepted']!, colour: 'accent', values: onto(columns.atMs, columns.accepted) }
  const refused = {
    label: t.states['refused']!,
    colour: 'refused',
    isDashed: true,
    values: onto(columns.atMs, columns.refused),
  }
  return { atMs, lines: [...ofBand, accepted, refused] }
}

import type uPlot from 'uplot'
import { LOCALE } from '../logic/locale.ts'

export interface Line {
  readonly label: string
  /** Name of a token. */
  readonly colour: string
  readonly values: readonly (number | null)[]
  readonly isBand?: 'low' | 'high'
  readonly isDashed?: boolean
}

export interface ChartMark {
  readonly atMs: number
  readonly text: string
}

export interface ChartProps {
  /** What is to be seen, for those who cannot. */
  readonly title: string
  readonly atMs: readonly number[]
  readonly lines: readonly Line[]
  readonly marks?: readonly ChartMark[]
  readonly height?: number
}

export const chartData = ({ atMs, lines }: ChartProps): uPlot.AlignedData => [
  atMs.map((ms) => ms / 1_000),
  ...lines.map(({ values }) => [...values]),
]

export function chartOptions(
  { lines, marks = [], height = 240 }: ChartProps,
  element: HTMLElement,
  scheme: string,
): uPlot.Options {
  const styles = getComputedStyle(element)
  const colour = (name: string): string => styles.getPropertyValue(`--${name}`).trim()
  const axis = { stroke: colour('muted'), grid: { stroke: colour('line'), width: 1 }, ticks: { show: false } }
  const bands = bandsOf(lines, `${colour('muted')}38`)
  return {
    id: `chart-${scheme}`,
    width: Math.max(element.clientWidth, 200),
    height,
    cursor: { drag: { x: false, y: false } },
    legend: { live: true, markers: { width: 2 } },
    scales: { y: { range: (_self, _low, high) => [0, Math.max((high ?? 0) * 1.08, 4)] } },
    axes: [
      { ...axis, values: timeLabels },
      { ...axis, size: 56, values: (_self, ticks) => ticks.map(shortNumber) },
    ],
    series: [
      { label: '', value: (_self, at) => (at === null ? '–' : timeOf.format(at * 1_000)) },
      ...lines.map((line) => seriesOf(line, colour)),
    ],
    ...(bands.length > 0 ? { bands } : {}),
    hooks: { draw: [(self) => drawMarks(self, marks, colour('text'))] },
  }
}

const timeOf = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })
const hourOf = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' })
const dayOf = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' })
const shortOf = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const shortNumber = (value: number): string => shortOf.format(value)
const DAY_S = 86_400

function timeLabels(_self: uPlot, ticks: number[]): string[] {
  const step = (ticks[1] ?? 0) - (ticks[0] ?? 0)
  return ticks.map((tick) => {
    const at = new Date(tick * 1_000)
    const isMidnight = at.getHours() === 0 && at.getMinutes() === 0
    return (step >= DAY_S || isMidnight ? dayOf : hourOf).format(at)
  })
}

function seriesOf({ label, colour: name, isBand, isDashed }: Line, colour: (name: string) => string): uPlot.Series {
  return {
    label: isBand === undefined ? label : `${label} ${isBand === 'low' ? '↓' : '↑'}`,
    stroke: isBand === undefined ? colour(name) : `${colour(name)}66`,
    width: isBand === undefined ? 1.8 : 0.5,
    points: { show: false },
    spanGaps: isBand === undefined,
    value: (_self, value) => (value === null || value === undefined ? '–' : shortNumber(value)),
    ...(isDashed ? { dash: [4, 4] } : {}),
  }
}

function bandsOf(lines: readonly Line[], fill: string): uPlot.Band[] {
  const indexOf = (which: 'low' | 'high'): number => lines.findIndex(({ isBand }) => isBand === which)
  const [low, high] = [indexOf('low'), indexOf('high')]
  return low < 0 || high < 0 ? [] : [{ series: [high + 1, low + 1], fill }]
}

const MARK_LETTERS = 40
const LINE_PX = 13

function drawMarks(self: uPlot, marks: readonly ChartMark[], colour: string): void {
  const { ctx, bbox } = self
  const ratio = devicePixelRatio
  ctx.save()
  ctx.strokeStyle = colour
  ctx.fillStyle = colour
  ctx.setLineDash([3, 3])
  ctx.font = `${11 * ratio}px system-ui, sans-serif`
  for (const [at, { atMs, text }] of marks.entries()) {
    const x = Math.round(self.valToPos(atMs / 1_000, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    const isFar = x > bbox.left + bbox.width * 0.7
    ctx.textAlign = isFar ? 'right' : 'left'
    ctx.fillText(
      text.slice(0, MARK_LETTERS),
      x + (isFar ? -4 : 4) * ratio,
      bbox.top + (12 + (at % 3) * LINE_PX) * ratio,
    )
  }
  ctx.restore()
}

/** A line chart with two logarithmic axes as plain SVG. Greys and colours are readable on light and on dark ground. */
export interface Series {
  readonly name: string
  readonly color: string
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly isMain?: boolean
  readonly isDashed?: boolean
}

interface Axis {
  readonly label: string
  readonly from: number
  readonly to: number
}

export interface Chart {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

const WIDTH = 760
const HEIGHT = 460
const PLOT = { left: 70, right: 620, top: 56, bottom: 400 } as const
const INK = '#7d8590'
/** Labels at the ends of lines keep this far apart. */
const LABEL_HEIGHT = 18

type Scale = (value: number) => number

export function drawChart({ title, x, y, series }: Chart): string {
  const toX = scale(x, PLOT.left, PLOT.right)
  const toY = scale(y, PLOT.bottom, PLOT.top)
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}"`,
    `  font-family="system-ui, sans-serif" font-size="13" fill="${INK}">`,
    text(PLOT.left, 30, title, 'font-size="16" font-weight="600"'),
    ...ticks(x).map((value) => verticalTick(toX(value), value)),
    ...ticks(y).map((value) => horizontalTick(toY(value), value)),
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 14, x.label, 'text-anchor="middle"'),
    text(0, 0, y.label, `text-anchor="middle" transform="translate(18 ${(PLOT.top + PLOT.bottom) / 2}) rotate(-90)"`),
    ...series.map((line) => curve(line, toX, toY)),
    ...endLabels(series, toY),
    '</svg>',
  ]
  return `${parts.join('\n')}\n`
}

function scale({ from, to }: Axis, start: number, end: number): Scale {
  return (value) => start + ((end - start) * Math.log(value / from)) / Math.log(to / from)
}

/** 1, 2 and 5 times each power of ten within the axis. */
function ticks({ from, to }: Axis): number[] {
  const powers = [1, 10, 100, 1_000, 10_000]
  return powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((value) => value >= from && value <= to)
}

function verticalTick(at: number, value: number): string {
  return `${line(at, PLOT.top, at, PLOT.bottom)}\n${text(at, PLOT.bottom + 20, shown(value), 'text-anchor="middle"')}`
}

function horizontalTick(at: number, value: number): string {
  return `${line(PLOT.left, at, PLOT.right, at)}\n${text(PLOT.left - 8, at + 4, shown(value), 'text-anchor="end"')}`
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="${INK}" stroke-opacity="0.25"/>`
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${words}</text>`
}

function shown(value: number): string {
  return value.toLocaleString('en')
}

function curve({ points, color, isMain, isDashed }: Series, toX: Scale, toY: Scale): string {
  const places = points.map(([x, y]) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`)
  const dash = isDashed ? ' stroke-dasharray="5 4"' : ''
  const width = isMain ? 3 : 2
  return `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="${width}"${dash}/>`
}

/** The name of each line at its end, pushed down where two would overlap. */
function endLabels(series: readonly Series[], toY: Scale): string[] {
  let lowest = Number.NEGATIVE_INFINITY
  const ends = series.map((line) => ({ ...line, y: toY(line.points.at(-1)![1]) })).sort((a, b) => a.y - b.y)
  return ends.map(({ name, color, y, isMain }) => {
    lowest = Math.max(y + 4, lowest + LABEL_HEIGHT)
    return text(PLOT.right + 10, lowest, name, `fill="${color}"${isMain ? ' font-weight="600"' : ''}`)
  })
}

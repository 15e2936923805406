interface SparkProps {
  readonly values: readonly number[]
  readonly label: string
}

const WIDTH = 96
const HEIGHT = 24

/** The last 24 hours as a small line. */
export function Spark({ values, label }: SparkProps) {
  const most = Math.max(1, ...values)
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label} preserveAspectRatio="none">
      <path d={pathOf(values, most)} />
    </svg>
  )
}

function pathOf(values: readonly number[], most: number): string {
  const step = WIDTH / Math.max(1, values.length - 1)
  const points = values.map(
    (value, at) => `${(at * step).toFixed(1)} ${(HEIGHT - 1 - (value / most) * (HEIGHT - 2)).toFixed(1)}`,
  )
  return points.length === 0 ? '' : `M${points.join('L')}`
}

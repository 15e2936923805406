import { useEffect, useRef, useState } from 'react'
import type uPlot from 'uplot'
import { type ChartProps, chartData, chartOptions } from './chart-options.ts'

export type { ChartMark, Line } from './chart-options.ts'

/** Lines over time with a band and marks; drawn by uPlot, which comes with the first chart. */
export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const [plot, setPlot] = useState<typeof uPlot>()
  const scheme = useScheme()
  useEffect(() => {
    void import('uplot').then(({ default: loaded }) => setPlot(() => loaded))
  }, [])
  useEffect(() => {
    const element = box.current
    if (plot === undefined || element === null) return
    const drawn = new plot(chartOptions(props, element, scheme), chartData(props), element)
    const watcher = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: props.height ?? 240 }))
    watcher.observe(element)
    return () => {
      watcher.disconnect()
      drawn.destroy()
    }
  }, [plot, props, scheme])
  return (
    <div
      className={props.lines.some(({ isBand }) => isBand) ? 'chart with-band' : 'chart'}
      ref={box}
      role="img"
      aria-label={props.title}
    />
  )
}

/** Dark or light; a chart is drawn anew when it changes. */
function useScheme(): string {
  const [scheme, setScheme] = useState(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)')
    const onChange = (): void => setScheme(query.matches ? 'dark' : 'light')
    query.addEventListener('change', onChange)
    return () => query.removeEventListener('change', onChange)
  }, [])
  return scheme
}

import type { Figure as FigureShape } from '../api/shapes.ts'
import { count, moneys } from '../logic/format.ts'

/** Events and money. */
export function Figure({ events, money }: FigureShape) {
  return (
    <>
      <b>{count(events)}</b>
      {money.length > 0 && <span className="small muted num">{moneys(money)}</span>}
    </>
  )
}

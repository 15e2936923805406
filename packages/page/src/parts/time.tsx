import { clock, precise, utc } from '../logic/format.ts'

/** A time in the reader's zone; pointing at it shows UTC. */
export function Time({
  ms,
  isPrecise = false,
}: {
  readonly ms: number | null | undefined
  readonly isPrecise?: boolean
}) {
  if (ms === null || ms === undefined) return <span className="muted">–</span>
  return (
    <time dateTime={new Date(ms).toISOString()} title={utc(ms)} className="num">
      {isPrecise ? precise(ms) : clock(ms)}
    </time>
  )
}

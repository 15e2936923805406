import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { clock } from '../logic/format.ts'
import { useLive } from '../shell/live.tsx'
import { t } from '../texts/index.ts'
import { Problem } from './problem.tsx'

interface PartProps<Answer> {
  readonly title: string
  readonly query: UseQueryResult<Answer>
  readonly children: (answer: Answer) => ReactNode
  readonly side?: ReactNode
  readonly className?: string
  readonly isTitleHidden?: boolean
}

/** A panel with figures: the last known ones in grey while new ones come, or what went wrong with it. */
export function Part<Answer>({
  title,
  query,
  children,
  side,
  className = '',
  isTitleHidden = false,
}: PartProps<Answer>) {
  const { isLost } = useLive()
  const { data, error, isPlaceholderData } = query
  const isOld = data !== undefined && (isPlaceholderData || isLost || error !== null)
  const heading = <h2 className={isTitleHidden ? 'visually-hidden' : undefined}>{title}</h2>
  const asOf = isOld ? (
    <span className="muted small">{t.common.asOf(clock(timeOf(data) ?? query.dataUpdatedAt))}</span>
  ) : null
  return (
    <section className={`panel ${className}`} aria-label={title} aria-busy={data === undefined && error === null}>
      {side === undefined && asOf === null ? (
        heading
      ) : (
        <header>
          {heading}
          <div className="row">
            {asOf}
            {side}
          </div>
        </header>
      )}
      {error !== null && <Problem what={title} error={error} onRetry={() => void query.refetch()} />}
      {data === undefined && error === null && <div className="awaited" />}
      {data !== undefined && <div className={isOld ? 'stale' : undefined}>{children(data)}</div>}
    </section>
  )
}

/** When an answer was read, where it says so. */
function timeOf(answer: unknown): number | undefined {
  const { atMs } = (answer ?? {}) as { readonly atMs?: unknown }
  return typeof atMs === 'number' ? atMs : undefined
}

import { Button } from 'react-aria-components'
import { ApiError } from '../api/client.ts'
import { t } from '../texts/index.ts'

interface ProblemProps {
  readonly what: string
  readonly error: Error
  readonly onRetry?: () => void
}

/** A part that could not be loaded says so, and which. */
export function Problem({ what, error, onRetry }: ProblemProps) {
  const isTooSlow = error instanceof ApiError && error.code === 'too_slow'
  return (
    <div className="notice red" role="alert">
      <span className="grow">
        ■ {t.common.partFailed(what)} {isTooSlow ? t.common.tooSlow : error.message}
      </span>
      {onRetry !== undefined && (
        <Button className="button" onPress={onRetry}>
          {t.common.tryAgain}
        </Button>
      )}
    </div>
  )
}

import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { t } from '../texts/index.ts'
import { Problem } from './problem.tsx'

/** A page that could not be drawn says so; the others stay. */
export function PageFault({ error }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <>
      <h1>{t.common.faultTitle}</h1>
      <Problem
        what={t.common.thisPage}
        error={error instanceof Error ? error : new Error(String(error))}
        onRetry={() => void router.invalidate()}
      />
    </>
  )
}

import type { ReactNode } from 'react'
import { Button } from 'react-aria-components'
import { useLive } from '../shell/live.tsx'
import { t } from '../texts/index.ts'

interface ActProps {
  readonly children: ReactNode
  readonly onPress: () => void
  readonly kind?: 'main-act' | 'danger' | 'plain'
  readonly isDisabled?: boolean
  readonly label?: string
}

/** A button that changes something: absent for readers, off with the reason while the relay is away. */
export function Act({ children, onPress, kind, isDisabled = false, label }: ActProps) {
  const { canWrite, isLost } = useLive()
  if (!canWrite) return null
  return (
    <span title={isLost ? t.common.offlineButton : undefined}>
      <Button
        className={kind === undefined ? 'button' : `button ${kind}`}
        isDisabled={isDisabled || isLost}
        onPress={onPress}
        {...(label === undefined ? {} : { 'aria-label': label })}
      >
        {children}
      </Button>
    </span>
  )
}

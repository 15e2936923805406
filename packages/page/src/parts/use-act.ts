import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

export interface Acting {
  readonly run: (act: () => Promise<unknown>) => Promise<boolean>
  readonly isRunning: boolean
  readonly error: Error | undefined
}

/** Runs what somebody asked for, and has all figures asked for again afterwards. */
export function useAct(): Acting {
  const queries = useQueryClient()
  const [isRunning, setIsRunning] = useState(false)
  const [error, setError] = useState<Error>()
  const run = async (act: () => Promise<unknown>): Promise<boolean> => {
    setIsRunning(true)
    setError(undefined)
    try {
      await act()
      void queries.invalidateQueries()
      return true
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)))
      return false
    } finally {
      setIsRunning(false)
    }
  }
  return { run, isRunning, error }
}

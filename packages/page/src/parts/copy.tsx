import { useEffect, useState } from 'react'
import { Button } from 'react-aria-components'
import { t } from '../texts/index.ts'

const SHOWN_MS = 2_000

/** Copies a text, and says so. */
export function Copy({ text, children = t.common.copy }: { readonly text: string; readonly children?: string }) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async (): Promise<void> => {
    await write(text)
    setIsCopied(true)
  }
  return (
    <Button className="button" onPress={() => void copy()}>
      <span aria-live="polite">{isCopied ? t.common.copied : children}</span>
    </Button>
  )
}

/** Over plain http there is no clipboard for scripts, but for the old way. */
async function write(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
}

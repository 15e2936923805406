import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { pagesFor } from './pages.ts'
import { useScope } from './use-scope.ts'

const GO_WITHIN_MS = 1_500

/** `⌘K` or `/` searches; `g` and a letter go to a page. Nothing happens while somebody types. */
export function useKeys(onSearch: () => void, hasSandbox: boolean): void {
  const navigate = useNavigate()
  const { scope } = useScope()
  const goneMs = useRef(Number.NEGATIVE_INFINITY)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      // A field with a list below it hands its keys on to the list.
      if (!event.isTrusted) return
      const isCommand = event.metaKey || event.ctrlKey
      if (isCommand && event.key.toLowerCase() === 'k') return taken(event, onSearch)
      if (isCommand || event.altKey || isTyping(event.target)) return
      if (event.key === '/') return taken(event, onSearch)
      if (event.key === 'g') {
        goneMs.current = event.timeStamp
        return
      }
      const page = pagesFor(hasSandbox).find(({ key }) => key === event.key)
      if (page === undefined || event.timeStamp - goneMs.current > GO_WITHIN_MS) return
      goneMs.current = Number.NEGATIVE_INFINITY
      taken(event, () => void navigate({ to: page.path, search: scope }))
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [navigate, onSearch, scope, hasSandbox])
}

function taken(event: KeyboardEvent, act: () => void): void {
  event.preventDefault()
  act()
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Level } from '../api/shapes.ts'
import { t } from '../texts/index.ts'
import { useLive } from './live.tsx'
import { PAGES, titleOf } from './pages.ts'

const DOTS: Readonly<Record<Level | 'lost', readonly [sign: string, colour: string]>> = {
  green: ['●', '#0b6b45'],
  amber: ['▲', '#8a5300'],
  red: ['■', '#b3261e'],
  lost: ['○', '#5a606b'],
}

/** The tab's title and its icon show how it stands. */
export function useTitle(): void {
  const { tick, isLost } = useLive()
  const { pathname } = useLocation()
  const level = isLost ? 'lost' : (tick?.state ?? 'green')
  const needs = tick?.needs ?? 0
  useEffect(() => {
    const page = PAGES.find(({ path }) => path === pathname)
    const title = page === undefined ? t.pages.event : titleOf(page.name)
    document.title = `${DOTS[level][0]} ${needs > 0 ? `(${needs}) ` : ''}${title} · Waybill`
  }, [pathname, level, needs])
  useEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (icon !== null) icon.href = dot(DOTS[level][1])
  }, [level])
}

function dot(colour: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='6' fill='${colour}'/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

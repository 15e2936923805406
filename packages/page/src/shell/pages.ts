import { t } from '../texts/index.ts'

/** The pages in the order of the questions, and the key after `g` that goes there. */
export const PAGES = [
  { name: 'today', path: '/', key: 't', isNear: true },
  { name: 'refused', path: '/refused', key: 'r', isNear: true },
  { name: 'events', path: '/events', key: 'e', isNear: true },
  { name: 'pixels', path: '/pixels', key: 'p', isNear: true },
  { name: 'signal', path: '/signal', key: 's', isNear: false },
  { name: 'requests', path: '/requests', key: 'q', isNear: false },
  { name: 'activity', path: '/activity', key: 'a', isNear: false },
  { name: 'sandbox', path: '/sandbox', key: 'x', isNear: false },
] as const

export type PageEntry = (typeof PAGES)[number]

export const titleOf = (name: PageEntry['name']): string => t.pages[name]

/** The sandbox is there where a pixel sends to the emulator. */
export const pagesFor = (hasSandbox: boolean): readonly PageEntry[] =>
  PAGES.filter(({ name }) => name !== 'sandbox' || hasSandbox)

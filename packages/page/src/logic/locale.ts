/** The language of dates and numbers. A browser started without one names none that exists (`en-US@posix`), on which Intl throws. */
export const LOCALE: string = [...(globalThis.navigator?.languages ?? []), 'en-GB'].find(isUsable) ?? 'en-GB'

function isUsable(name: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([name]).length > 0
  } catch {
    return false
  }
}

/** uPlot and others read `navigator.language` itself. */
export function mendLocale(target: Navigator): void {
  if (isUsable(target.language)) return
  Object.defineProperty(target, 'language', { value: LOCALE, configurable: true })
  Object.defineProperty(target, 'languages', { value: [LOCALE], configurable: true })
}

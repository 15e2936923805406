import type { Cause } from '../api/shapes.ts'
import type { CauseParts, CauseWords } from './words.ts'

const period = ({ since, until, isOver }: CauseParts): string =>
  isOver ? `from ${since} to ${until}` : `since ${since}`
const mark = (cause: Cause): string => (cause.mark === null ? '' : `, first seen at the mark “${cause.mark.text}”`)

function subject({ source, pixel }: Cause): string {
  if (source !== null) return pixel === null ? source : `${source} (pixel ${pixel})`
  return pixel === null ? 'All sources together' : `Pixel ${pixel}`
}

function origin({ source, percent, pixel }: Cause): string {
  const where = pixel === null ? '' : `, pixel ${pixel}`
  return source === null ? `from several sources${where}` : `${percent}% from ${source}${where}`
}

const WHY: Readonly<Record<string, (cause: Cause) => string>> = {
  held: ({ pixel, code }) => `${pixel === null ? 'several pixels are' : `pixel ${pixel} is`} held (${code})`,
  shape_held: ({ pixel, code }) =>
    `a shape of ${pixel === null ? 'several pixels' : `pixel ${pixel}`} is held (${code})`,
  outage: ({ pixel, code }) => `requests${pixel === null ? '' : ` of pixel ${pixel}`} fail (${code})`,
  rate: ({ pixel }) => `more comes than${pixel === null ? '' : ` pixel ${pixel}`} may send`,
  clock: () => 'nobody knows for certain what time it is',
}

export const causesEn: CauseWords = {
  fewer_came: (cause, parts) =>
    `${subject(cause)} brought ${cause.percent}% fewer ${period(parts)}; nothing of it was refused${mark(cause)}.`,
  more_refused: (cause, parts) =>
    `${parts.events} refused ${period(parts)} (${cause.code}), ${origin(cause)}${mark(cause)}.`,
  waiting: (cause, parts) =>
    `${parts.events} wait since ${parts.since}: ${WHY[cause.why ?? 'rate']!(cause)}${parts.lost === null ? '' : `; the first is lost at ${parts.lost}`}.`,
  delivered_reported_later: (cause, parts) =>
    `${parts.events} waited ${period(parts)} and were delivered later; Ads Manager reports 24–48 h after that${mark(cause)}.`,
  no_events_yet: () => 'No event yet.',
}

export const wellEn = {
  all: (accepted: string, since: string) => `Everything accepted since ${since} was delivered: ${accepted}.`,
  under: (delivered: string, accepted: string, since: string) =>
    `All is well: of ${accepted} accepted since ${since}, ${delivered} are delivered, the rest is on its way or was refused as usual.`,
  nothing: (since: string) => `Nothing came since ${since}, and nothing waits.`,
}

import { VERSION } from 'waybill'

/** By this header a client knows that a relay of ours answers, and whether its `Date` is to be believed. */
export const RELAY_HEADER = 'waybill-relay'

export function relayHeader(isClockConfirmed: boolean): string {
  return isClockConfirmed ? CONFIRMED : DOUBT
}

const CONFIRMED = `${VERSION}; clock=confirmed`
const DOUBT = `${VERSION}; clock=doubt`

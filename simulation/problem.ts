/** Something that must not be, by the promise that it breaks. */
export interface Problem {
  readonly alarm: Alarm
  readonly about: string
}

export type Alarm = keyof typeof ALARMS

/** What each alarm says. */
export const ALARMS = {
  lost: 'an acknowledged event has no account, or more than one, or never ends',
  turnedAway: 'intake turned a good event away',
  storedTwice: 'an event was stored more often than ambiguous outcomes explain',
  changed: 'an event left with other content than before',
  goodRefused: 'a good event is refused',
  notStored: 'an event is called delivered and the API has not got it, or the other way round',
  expired: 'an event expired although the API would have taken it',
  late: 'a good event was delivered later than it could have been',
  badWaits: 'a bad event was not told within an hour',
  outside: 'an event left outside its window',
  paused: 'a request was made within a pause that the API had asked for',
  canary: 'a canary was sent for real, or is not what a canary may be',
  hammered: 'more requests than a fault is worth',
  stuck: 'the engine failed or did not stop',
  strayed: 'a relay asked for a pixel that it had not, or not for long enough',
  overlapped: 'two relays asked for one pixel at a time',
  stale: 'a settlement counted although its lease was another relay’s',
  notTaken: 'what a relay that was gone had was not taken over within 15 s',
  heldSent: 'a request was made for a pixel that an operator had held a while before',
  superseded: 'a relay went on beside a change of the data that left it no room, or one was begun while it lived',
  doer: 'a relay did what was another one’s to do for all',
} as const

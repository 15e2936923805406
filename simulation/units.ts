/** Numbers that the whole simulation shares. The window is written down again on purpose: the oracle shares no rule with what it judges. */
export const SECOND_MS = 1_000
export const MINUTE_MS: number = 60 * SECOND_MS
export const HOUR_MS: number = 60 * MINUTE_MS
export const DAY_MS: number = 24 * HOUR_MS
/** How old an event may be for the API. */
export const WINDOW_MS: number = 7 * DAY_MS
/** How far ahead it may be. */
export const AHEAD_MS: number = 10 * MINUTE_MS
/** True time at which every life begins. */
export const START_MS: number = Date.UTC(2026, 2, 19, 4)

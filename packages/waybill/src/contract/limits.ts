import { DAY_MS, MINUTE_MS } from '../duration.ts'

/** Numbers of the specification; each is a limit that still passes. */
export const MAX_EVENTS_PER_REQUEST: number = 1_000
export const MAX_AGE_MS: number = 7 * DAY_MS
export const MAX_AHEAD_MS: number = 10 * MINUTE_MS
/** What has less time left cannot be sent and answered within its window: our choice. */
export const LEAST_TIME_LEFT_MS: number = 5_000
export const MAX_CUSTOM_NAME_LENGTH: number = 64
export const MAX_PLACE_LENGTH: number = 128
export const MAX_POSTAL_CODE_LENGTH: number = 32
/** Of a list of identities the API takes this many and ignores the rest (documented). */
export const MAX_IDENTITIES_PER_LIST: number = 3
/** Free keys of a custom event may nest this deep: our choice, so that checking costs bounded time and stack. */
export const MAX_JSON_DEPTH: number = 32

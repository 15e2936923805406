/** Kept equal to the package's version by a test. */
export const VERSION = '0.1.0'
export const USER_AGENT: string = `waybill/${VERSION}`

/** Where the pixel lives (specification, section 7). */
export const LOADER_ORIGIN = 'https://bzrcdn.openai.com'
export const API_ORIGIN = 'https://bzr.openai.com'
export const LOADER_URL: string = `${LOADER_ORIGIN}/sdk/oaiq.min.js`
export const IMAGE_URL: string = `${API_ORIGIN}/v1/sdk/events`

import { withoutEmails } from '../contract/privacy.ts'
import type { Scrub } from './outcome.ts'

const MAX_MESSAGE_LENGTH = 500

/** Text about a request of many events, without their places in it, which nobody sees. */
export function withoutPlaces(text: string): string {
  const named = text.replace(/\bevents\[\d+\]\.(?=\w)/g, '').replace(/\bevents\[\d+\]/g, 'the event')
  return named.replace(/^the event/, 'The event')
}

/** Makes text of the API fit to be shown: the key and addresses removed, and no longer than a sentence or two. */
export function createScrub(apiKey: string): Scrub {
  return (text) => withoutEmails(text.replaceAll(apiKey, '[key]')).slice(0, MAX_MESSAGE_LENGTH)
}

/** What a run sent in whole packs: written down before it leaves and when its answer is here, and known to the runs after it. */
export { deliveredUnder, knowingStore } from './knowing-store.ts'
export { marksOf } from './mark.ts'
export { SentBook } from './sent-book.ts'

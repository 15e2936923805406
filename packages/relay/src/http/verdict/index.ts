export { partsOf } from './parts.ts'
export { VerdictThread } from './verdict-thread.ts'
export { Verdicts } from './verdicts.ts'

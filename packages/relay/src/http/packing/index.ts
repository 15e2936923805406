export { acceptedCodings } from './codings.ts'
export { KeptAnswers } from './kept-answers.ts'
export { keptRoute, packedRoute } from './packed-route.ts'

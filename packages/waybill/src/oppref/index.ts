export { type Captured, type CaptureOptions, captureOppref } from './capture.ts'
export {
  type CarryResult,
  type ContextClient,
  type ContextClientOptions,
  ContextError,
  type ContextFault,
  createContextClient,
  type VisitContext,
} from './context-client.ts'
export { MAX_AGE_SECONDS, OWN_COOKIE } from './cookie.ts'
export type { WebRequest } from './visit.ts'

export { admitKey, type Tokens } from './access.ts'
export {
  type AdminOptions,
  adminRoutes,
  createTick,
  PacedReplays,
  Streams,
  type TaskRunner,
  Ticks,
} from './admin/index.ts'
export type { Answer } from './answer.ts'
export { contextRoutes } from './context.ts'
export type { Failure } from './failure.ts'
export { healthRoutes, metricsRoute } from './health.ts'
export { keepUntilAnswered } from './idle-connections.ts'
export { type BroughtBody, type IntakeOptions, intakeRoute } from './intake.ts'
export { readJson } from './json.ts'
export { whenThere } from './maybe-promise.ts'
export { openapiRoute } from './openapi.ts'
export { pageRoutes } from './page/index.ts'
export { QueueBound } from './queue-bound.ts'
export { ReadingThread } from './reading/index.ts'
export type { Route, Visit } from './route.ts'
export { Sandbox, sandboxRoutes } from './sandbox/index.ts'
export { createServer, type RefusedCall, type ServerOptions } from './server.ts'
export {
  type Holder,
  type Link,
  type LinkView,
  linkRoutes,
  loginRoutes,
  meRoute,
  type PageFacts,
  type People,
  type Session,
  SessionBook,
  type SessionStore,
  Tries,
} from './session/index.ts'
export { TokenBook } from './token-book.ts'
export { type TrackingOptions, trackingRoutes } from './tracking.ts'
export { Verdicts, VerdictThread } from './verdict/index.ts'
export { type ConfiguredWebhook, type WebhookOptions, webhookRoutes } from './webhooks.ts'

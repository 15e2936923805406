export {
  type Arrival,
  type IntakeResult,
  type Judged,
  judgeEvents,
  type KeptForm,
  keptForm,
  MAX_KEPT_AHEAD_MS,
} from './accept.ts'
export type { Context } from './context.ts'
export type { EditResult } from './edit.ts'
export { Engine, type EngineOptions, type Role } from './engine.ts'
export { type About, isAboutIdentity, type Lifecycle, LifecycleEvents, type Listener, refusalCode } from './events.ts'
export type { Operator } from './operator.ts'
export type { PixelConfig } from './pixel.ts'
export type { PixelTest } from './pixel-test.ts'
export type { Replayed } from './replay.ts'
export { type Runtime, systemRuntime } from './runtime.ts'
export type { DryRun, Tasks } from './tasks.ts'
export type { Notes, WholeDelivery } from './whole.ts'

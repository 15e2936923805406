import { type Runtime as ClientRuntime, systemRuntime as clientRuntime } from 'waybill/client'

/** Clock, chance and waiting, so that a simulation can move them. The wall clock may jump. */
export interface Runtime extends ClientRuntime {
  /** Milliseconds that only ever go forward. */
  monotonic(): number
}

export const systemRuntime: Runtime = { ...clientRuntime, monotonic: () => performance.now() }

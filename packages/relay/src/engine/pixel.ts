import type { ContractSetting, InvalidIdentity, Preflight } from 'waybill'

/** How one pixel is delivered. */
export interface PixelConfig {
  /** What its events are kept under. */
  readonly pixelId: string
  /** What the API is asked for, where accounts are kept under another name. Default `pixelId`. */
  readonly pid?: string
  readonly apiKey: string
  readonly contract: ContractSetting
  /** What a malformed `user` field does at intake. Default `drop`. */
  readonly invalidIdentity?: InvalidIdentity
  readonly preflight: Preflight
  /** Base URL of the API. */
  readonly endpoint: string
  /** Names to which `http:` is taken. Default: none beside loopback. */
  readonly allowHttp?: readonly string[] | undefined
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  /** Requests at a time. */
  readonly concurrency: number
  readonly maxRequestsPerSecond: number
  /** How long an event may wait for its request to become full. Default 0: none does. */
  readonly maxWaitMs?: number | undefined
  readonly integrationSource?: string | undefined
  /** The endpoint is a relay that does not say so in a header, as version 0.1.0. Default `false`. */
  readonly endpointIsRelay?: boolean | undefined
}

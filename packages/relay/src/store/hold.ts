/** Why something is not sent although it is due. */
export interface Hold {
  readonly code: string
  readonly message: string
  readonly atMs: number
  /** The operator, or the part of the relay, that asked for it. */
  readonly by: string
}

/** A hold with what it covers: a whole pixel, or one shape of it. */
export interface HeldPart extends Hold {
  readonly pixel: string
  /** `undefined`: the whole pixel. */
  readonly shape: string | undefined
}

/** Who acts, and when. */
export interface By {
  readonly by: string
  readonly nowMs: number
}

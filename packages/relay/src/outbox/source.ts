/** One shop's database, as the configuration has it. */
export interface OutboxSource {
  /** Under which accounts, numbers and messages show what it brings. */
  readonly name: string
  /** Where it is, with the password. */
  readonly url: string
  /** The pixels that it may bring for; `*`: every configured one. */
  readonly pixels: '*' | readonly OutboxPixel[]
}

export interface OutboxPixel {
  readonly pixelId: string
  /** The roles that may bring for it. Default: every one that may call the functions. */
  readonly roles?: readonly string[] | undefined
}

/** Why something may not be brought. */
export type Forbidden = 'unknown_pixel' | 'pixel_not_allowed' | 'role_not_allowed'

/** Whether a role may bring for a pixel; `undefined` where it may. */
export function forbiddenOf(
  pixel: string,
  role: string,
  { pixels }: Pick<OutboxSource, 'pixels'>,
  isConfigured: boolean,
): Forbidden | undefined {
  const entries = pixels === '*' ? undefined : pixels.filter(({ pixelId }) => pixelId === pixel)
  if (entries?.length === 0) return 'pixel_not_allowed'
  if (!isConfigured) return 'unknown_pixel'
  const isAllowed = entries === undefined || entries.some(({ roles }) => roles === undefined || roles.includes(role))
  return isAllowed ? undefined : 'role_not_allowed'
}

/** How its events name where they come from. */
export const sourceOf = ({ name }: Pick<OutboxSource, 'name'>): string => `outbox/${name}`

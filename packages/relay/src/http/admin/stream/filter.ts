import type { Lifecycle } from '../../../engine/index.ts'
import { type Message, TYPES } from './message.ts'

/** What a reader of the stream wants to see; every part that is given must hold. */
export interface StreamFilter {
  readonly pixel?: string
  /** Those that the reader may see. Default: all. */
  readonly pixels?: ReadonlySet<string>
  readonly types?: ReadonlySet<keyof Lifecycle>
  /** What the id begins with: then only what concerns single events is told. */
  readonly idPrefix?: string
}

/** The types that a word means: a whole name such as `event:delivered`, or either half of one. */
export function typesNamed(word: string): readonly (keyof Lifecycle)[] {
  return TYPES.filter((type) => type === word || type.split(':').includes(word))
}

export function wants({ pixel, pixels, types, idPrefix }: StreamFilter, message: Message): boolean {
  // What concerns no pixel, such as the clock, concerns everybody.
  if (message.pixel !== undefined && pixels?.has(message.pixel) === false) return false
  if (pixel !== undefined && message.pixel !== pixel) return false
  if (types !== undefined && !types.has(message.type)) return false
  if (idPrefix === undefined) return message.isSingle !== true
  return message.id?.startsWith(idPrefix) === true
}

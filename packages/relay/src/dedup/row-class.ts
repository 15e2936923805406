/** What a row turned out to be. Each row of a side has exactly one. */
export type PairClass = 'matched' | 'far_apart' | 'id_spelling' | 'name_differs' | 'pixel_differs'
export type LoneClass = 'two_names' | 'repeated' | 'pixel_only' | 'server_only'
export type UncomparedClass = 'continued' | 'other_channel' | 'unusable'
export type RowClass = PairClass | LoneClass | UncomparedClass

/** Whether the API counts one conversion twice for it: for every pair, perhaps, or not at all. */
export type Cost = 'twice' | 'perhaps' | 'none'

export interface ClassMeaning {
  readonly title: string
  readonly cost: Cost
  /** What to change; empty where there is nothing. */
  readonly advice: string
}

/** In the order in which they are shown. */
export const CLASSES: Readonly<Record<RowClass, ClassMeaning>> = {
  matched: { title: 'matched', cost: 'none', advice: '' },
  id_spelling: {
    title: 'id written differently',
    cost: 'twice',
    advice: 'Give the event_id of the pixel and the id of the server the same text, from one place.',
  },
  name_differs: {
    title: 'same id, other name',
    cost: 'twice',
    advice:
      'The name is part of the key: send one name on both sides. A custom event is type custom on both, with one custom_event_name.',
  },
  pixel_differs: {
    title: 'same id, other Pixel ID',
    cost: 'twice',
    advice: 'The Pixel ID is part of the key: use one in oaiq("init") and in the pid of the server.',
  },
  two_names: {
    title: 'one id, two names in a channel',
    cost: 'perhaps',
    advice:
      'Each name counts by itself. Keep one name for a conversion, and give other kinds of event ids of their own.',
  },
  far_apart: {
    title: 'same key, far apart in time',
    cost: 'perhaps',
    advice:
      'How long the API remembers a key is not documented. Keep the time of the action, send soon after it, and use no id again.',
  },
  repeated: {
    title: 'said again in its channel',
    cost: 'none',
    advice:
      'The API keeps the first and ignores the rest. Where these are different conversions, give them different ids.',
  },
  pixel_only: {
    title: 'pixel only',
    cost: 'none',
    advice: 'The server sent nothing under these ids. If it should have, look at what it skips.',
  },
  server_only: {
    title: 'server only',
    cost: 'none',
    advice:
      'The pixel did not fire: it was blocked, or the conversion did not happen on a page. Often as it should be.',
  },
  continued: { title: 'further line of an event', cost: 'none', advice: '' },
  other_channel: { title: 'of the other channel', cost: 'none', advice: '' },
  unusable: {
    title: 'without id or name',
    cost: 'none',
    advice: 'Nothing can be compared without them. Name their columns with --map, --pixel-map or --server-map.',
  },
}

export const ROW_CLASSES: readonly RowClass[] = Object.keys(CLASSES) as RowClass[]

export const PAIR_CLASSES: readonly PairClass[] = [
  'matched',
  'far_apart',
  'id_spelling',
  'name_differs',
  'pixel_differs',
]

export function isPairClass(rowClass: RowClass): rowClass is PairClass {
  return (PAIR_CLASSES as readonly RowClass[]).includes(rowClass)
}

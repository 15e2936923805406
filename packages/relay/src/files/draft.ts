import type { Field } from './field.ts'

type Values = Record<string, unknown>

/** A friendly event under construction, one field at a time. */
export interface Draft {
  readonly event: Values
  readonly data: Values
  user: Values | undefined
  items: Values[] | undefined
}

export function createDraft(): Draft {
  return { event: {}, data: {}, user: undefined, items: undefined }
}

/** Sets a field; several values of one identity become a list. */
export function setField(draft: Draft, field: Field, value: unknown): void {
  switch (field.part) {
    case 'event':
      draft.event[field.key] = value
      return
    case 'user':
      draft.user ??= {}
      draft.user[field.key] = field.key in draft.user ? [draft.user[field.key], value].flat() : value
      return
    case 'data':
      setBelow(draft.data, field, value)
      return
    case 'item':
      setBelow(itemAt(draft, field.index), field, value)
  }
}

/** The event, once: `data` always, `user` and `contents` where something was set. Items that are empty close up. */
export function finished({ event, data, user, items }: Draft): Values {
  if (items !== undefined) data['contents'] = items.filter((item) => item !== undefined)
  if (user !== undefined) event['user'] = user
  event['data'] = data
  return event
}

function itemAt(draft: Draft, index: number): Values {
  draft.items ??= []
  const item = draft.items[index] ?? {}
  draft.items[index] = item
  return item
}

function setBelow(target: Values, field: Field, value: unknown): void {
  let place = target
  let key = field.key
  for (const next of field.below) {
    place = asObject(place, key)
    key = next
  }
  place[key] = value
}

function asObject(place: Values, key: string): Values {
  const inner = place[key]
  if (typeof inner === 'object' && inner !== null) return inner as Values
  const created: Values = {}
  place[key] = created
  return created
}

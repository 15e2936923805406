import type { FriendlyEvent } from '../contract/event.ts'

/** An event that may still lack what `check` demands. */
export type Draft = { [Key in keyof FriendlyEvent]?: FriendlyEvent[Key] | undefined }

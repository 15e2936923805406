/** Something that changed, to be shown on charts. */
export interface NewMark {
  readonly atMs: number
  /** Who noted it: a user, or `waybill` for the relay itself. */
  readonly by: string
  /** What people read, as in `backend 2.14`. At most 200 characters. */
  readonly text: string
  /** Default: all. */
  readonly pixel?: string
}

export interface Mark extends NewMark {
  readonly seq: number
}

/** Marks are read through `Reads`. */
export interface Marks {
  addMark(mark: NewMark): Promise<Mark>
  /** `false` when there was none. */
  dropMark(seq: number): Promise<boolean>
  /**
   * Notes what differs from what was noted last (version, names of settings, digests of keys): one mark for each entry that is new, other
   * or gone. The first time nothing is a change. Resolves with the marks.
   */
  noteState(state: Readonly<Record<string, string>>, nowMs: number): Promise<readonly Mark[]>
}

/**
 * What databases, scripts and form tools write where there is no value: the closed list. `na` is not among the words: it is Namibia, and
 * sodium.
 */
export const NOTHING: RegExp = /^(?:undefined|null|nan|none|nil|n\/a|\(not set\)|\(none\)|\[object object\]|\\n|-|--)$/i

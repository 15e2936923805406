/**
 * A relay that is broken on purpose, to see that the crash test finds it: it says that a change is on disk while its transaction is
 * still open, and commits only now and then. Loaded before the relay, like `points.ts`.
 */
import { DatabaseSync } from 'node:sqlite'

const COMMIT_EVERY = 100

let left = COMMIT_EVERY
let isOpen = false
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  if (/^\s*BEGIN IMMEDIATE\b/.test(sql)) {
    if (isOpen) return
    isOpen = true
  } else if (/^\s*COMMIT\b/.test(sql)) {
    if (--left > 0) return
    left = COMMIT_EVERY
    isOpen = false
  }
  exec.call(this, sql)
}

import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../files/files.helpers.ts'
import { type DiskFacts, judgeDisk, lookAtDisk } from './disk.ts'

const GOOD: DiskFacts = { folder: '/data', state: 'there', isWritable: true, mode: 0o700, freeBytes: 5_000_000_000 }

const CASES: readonly (readonly [title: string, changed: Partial<DiskFacts>, found: readonly RegExp[]])[] = [
  ['a good folder', {}, [/^ok writable, for its owner alone, 5\.0 GB free$/]],
  ['one that is not there yet', { state: 'missing', mode: undefined }, [/^ok is made by waybill serve, 5\.0 GB free$/]],
  ['a system that does not say what is free', { freeBytes: undefined, mode: undefined }, [/^ok .*alone$/]],
  ['just enough room', { freeBytes: 1_000_000_000 }, [/^ok /]],
  ['less than 1 GB', { freeBytes: 999_999_999 }, [/^warning 1000\.0 MB free → Make room/]],
  ['just above 100 MB', { freeBytes: 100_000_000 }, [/^warning 100\.0 MB free/]],
  ['less than 100 MB', { freeBytes: 99_999_999 }, [/^wrong 100\.0 MB free/]],
  ['nothing at all', { freeBytes: 0 }, [/^wrong 0\.0 kB free/]],
  [
    'a folder that others read',
    { mode: 0o750 },
    [/^warning can be read by others \(mode 750\) → Run chmod 700 \/data$/],
  ],
  ['one that is not ours', { isWritable: false }, [/^wrong cannot be written → /]],
  ['one that cannot be made', { state: 'missing', isWritable: false }, [/^wrong does not exist and cannot be made/]],
  ['a file', { state: 'no folder', isWritable: false }, [/^wrong is no folder/]],
  ['two troubles', { mode: 0o755, freeBytes: 1 }, [/^warning can be read/, /^wrong 0\.0 kB/]],
]

for (const [title, changed, found] of CASES) {
  test(`the disk: ${title}`, () => {
    const lines = judgeDisk({ ...GOOD, ...changed }).map(({ level, message, next }) =>
      next === undefined ? `${level} ${message}` : `${level} ${message} → ${next}`,
    )
    assert.equal(lines.length, found.length, lines.join('\n'))
    for (const [index, line] of found.entries()) assert.match(lines[index]!, line)
  })
}

test('folders are looked at as they are, and nothing is left in them', (context) => {
  if (process.platform === 'win32') return context.skip('Windows has no such modes')
  const folder = tempFolder(context)
  mkdirSync(join(folder, 'data'))
  chmodSync(join(folder, 'data'), 0o750)
  writeFileSync(join(folder, 'file'), '')
  const seen = (name: string): unknown[] => {
    const { state, isWritable, mode } = lookAtDisk(join(folder, name))
    return [state, isWritable, mode]
  }
  assert.deepEqual(seen('data'), ['there', true, 0o750])
  assert.deepEqual(seen('not/yet/there'), ['missing', true, undefined])
  assert.deepEqual(seen('file').slice(0, 2), ['no folder', false])
  assert.deepEqual(seen('file/below').slice(0, 2), ['missing', false])
  assert.ok((lookAtDisk(folder).freeBytes ?? 0) > 0)
  assert.deepEqual([readdirSync(folder).sort(), readdirSync(join(folder, 'data'))], [['data', 'file'], []])
})

test('a folder that this user may not write to is found out', (context) => {
  if (process.platform === 'win32' || process.getuid?.() === 0) return context.skip('nothing is closed to root')
  const folder = tempFolder(context)
  chmodSync(folder, 0o500)
  assert.deepEqual([lookAtDisk(folder).isWritable, lookAtDisk(join(folder, 'data')).isWritable], [false, false])
})

import assert from 'node:assert/strict'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { tempFolder } from '../../files/files.helpers.ts'
import { makeFolder } from './make-folder.ts'

test('a folder is made for its owner alone, with those above it, and left as it is when it is there', (context) => {
  const path = join(tempFolder(context), 'a', 'b', 'c')
  makeFolder(path)
  makeFolder(path)
  assert.equal(statSync(path).mode & 0o777, 0o700)
})

test('a file where the folder, or one above it, should be is an error', (context) => {
  const file = join(tempFolder(context), 'file')
  writeFileSync(file, '')
  assert.throws(() => makeFolder(file), { code: 'EEXIST' })
  assert.throws(() => makeFolder(join(file, 'a')), { code: 'ENOTDIR' })
})

test('below a folder that takes none it is an error, and not a wait without end', {
  skip: process.platform === 'linux' ? false : 'only Linux has /proc',
}, () => {
  assert.throws(() => makeFolder('/proc/waybill'), { code: 'ENOENT' })
  assert.throws(() => makeFolder('/proc/waybill/data'), { code: 'ENOENT' })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { FileError } from './errors.ts'
import { drain, stdinOf, tempFile, tempFolder } from './files.helpers.ts'
import { detectFormat } from './format.ts'
import { openFile } from './open-file.ts'
import type { FileFormat } from './row.ts'

const FORMATS: readonly [name: string, content: string, format: FileFormat][] = [
  ['orders.csv', 'id,type\n1,2', 'csv'],
  ['orders.txt', 'id,type\n1,2', 'csv'],
  ['orders.ndjson', '{"id":1}\n{"id":2}', 'ndjson'],
  ['orders.jsonl.gz', '{"id": broken}\n{"id":2}', 'ndjson'],
  ['orders.ndjson', 'broken\n{"id":2}', 'ndjson'],
  ['orders.json', '[{"id":1}]', 'json'],
  ['orders.json', '{"events":[{"id":1}]}', 'json'],
  ['orders.json', '{\n  "id": 1\n}', 'json'],
  ['orders.json', '{"id":1}\n{"id":2}', 'ndjson'],
  ['orders.json', 'oops', 'json'],
  ['orders', '\ufeff [ {"id":1} ]', 'json'],
  ['-', '{"id":1}', 'ndjson'],
  ['-', '{"events":\n[]}', 'json'],
  ['export.csv', '{"id":1}\n', 'ndjson'],
]

for (const [name, content, format] of FORMATS) {
  test(`${name} with ${JSON.stringify(content)} is read as ${format}`, () => {
    assert.equal(detectFormat(name, Buffer.from(content)), format)
  })
}

test('a file, the same file gzipped, and standard input give the same rows', async (context) => {
  const text = '\ufeffid;name\r\n1;"Zoë"\r\n2;"a\r\nb"\r\n'
  const files = [
    await openFile(tempFile(context, 'a.csv', text)),
    await openFile(tempFile(context, 'a.csv.gz', gzipSync(text))),
    await openFile(tempFile(context, 'gzipped-without-saying', gzipSync(text))),
    await openFile('-', { stdin: stdinOf(text) }),
    await openFile('-', { stdin: stdinOf(gzipSync(text)) }),
  ]
  for (const file of files) {
    assert.deepEqual(
      [file.format, file.delimiter, file.columns, file.hasByteOrderMark],
      ['csv', ';', ['id', 'name'], true],
    )
    assert.deepEqual((await drain(file.rows)).rows, [
      { line: 2, cells: ['1', 'Zoë'] },
      { line: 3, cells: ['2', 'a\r\nb'] },
    ])
    assert.equal(file.bytesTotal ?? file.bytesRead(), file.bytesRead())
    await file.close()
  }
})

test('a table with tabs is a TSV whatever its name says', async (context) => {
  const file = await openFile(tempFile(context, 'a.csv', 'id\ttype\n1\t2\n'))
  assert.deepEqual([file.format, file.delimiter], ['tsv', '\t'])
  await file.close()
})

test('a single event in a JSON file is one row', async (context) => {
  const file = await openFile(tempFile(context, 'a.json', '{\n "id": "a",\n "data": {}\n}\n'))
  assert.deepEqual((await drain(file.rows)).rows, [{ line: 1, object: { id: 'a', data: {} } }])
  await file.close()
})

const REFUSED: readonly [name: string, content: string | Uint8Array, says: RegExp][] = [
  ['empty.csv', '', /empty\.csv: the file is empty/],
  ['cut.csv.gz', gzipSync(Buffer.from('id,type\n'.repeat(1000))).subarray(0, 30), /in the middle of its gzip/],
  [
    'mixed.csv',
    Buffer.concat([Buffer.from('id,naméé'), Buffer.from([0xe9, 0x0a])]),
    /line 1 \(byte 11\): the text is not UTF-8/,
  ],
]

for (const [name, content, says] of REFUSED) {
  test(`${name} is refused in one line that says what to do`, async (context) => {
    const opened = openFile(tempFile(context, name, content)).then((file) => drain(file.rows))
    await assert.rejects(opened, (error: Error) => error instanceof FileError && says.test(error.message))
  })
}

test('a file that is absent, and a folder, are refused in one line', async (context) => {
  const folder = tempFolder(context)
  await assert.rejects(openFile(`${folder}/none.csv`), /none\.csv: there is no such file/)
  await assert.rejects(openFile(folder), /it is a folder/)
  writeFileSync(`${folder}/orders.csv`, '')
  await assert.rejects(
    openFile(`${folder}/order.csv`),
    /order\.csv: there is no such file\. Did you mean orders\.csv\?$/,
  )
  await assert.rejects(
    openFile(`${folder}/customers.csv`),
    /there is no such file\. Check the spelling and the folder\.$/,
  )
})

test('a named pipe is read like standard input', { skip: process.platform === 'win32' }, async (context) => {
  const pipe = `${tempFolder(context)}/pipe`
  execFileSync('mkfifo', [pipe])
  execFileSync('sh', ['-c', `printf 'id,type\\n1,2\\n' > '${pipe}' &`], { stdio: 'ignore' })
  const file = await openFile(pipe)
  assert.equal(file.bytesTotal, undefined)
  assert.deepEqual((await drain(file.rows)).rows, [{ line: 2, cells: ['1', '2'] }])
  await file.close()
})

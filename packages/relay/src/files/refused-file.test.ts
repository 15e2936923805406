import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { FileError } from './errors.ts'
import { drain, tempFile, tempFolder } from './files.helpers.ts'
import type { Issue } from './issue.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { createRefusedWriter } from './refused-file.ts'
import type { Row } from './row.ts'

const ISSUES: Issue[] = [
  { code: 'invalid_amount', path: 'total', message: 'Column "total" has a comma, sadly.', severity: 'error' },
  { code: 'missing_id', path: 'id', message: 'There is no id.', severity: 'error', hint: 'Add it.' },
]

async function read(path: string): Promise<{ file: OpenFile; rows: Row[] }> {
  const file = await openFile(path)
  const { rows } = await drain(file.rows)
  await file.close()
  return { file, rows }
}

/** Refuses every row of a file and returns the refused file's text. */
async function refuseAll(
  context: TestContext,
  name: string,
  content: string,
  target = 'refused.csv',
): Promise<{ path: string; text: string }> {
  const { file, rows } = await read(tempFile(context, name, content))
  const path = join(tempFolder(context), target)
  const writer = createRefusedWriter(path, { inputs: [file.name] })
  for (const row of rows) writer.write(file, row, [...(row.issues ?? []), ...ISSUES])
  writer.close()
  return { path, text: readFileSync(path, 'utf8') }
}

test("a refused table has the input's columns and delimiter, and says line, codes and reasons with remedies", async (context) => {
  const { text } = await refuseAll(context, 'a.csv', 'id;total;note\n1;"2,5";"a ""b""\nc"\n=1+1;;"x;y"\n')
  const said = 'invalid_amount; missing_id'
  const reasons = 'Column "total" has a comma, sadly.; There is no id. Add it.'.replaceAll('"', '""')
  assert.equal(
    text,
    `id;total;note;line;codes;reasons\n1;2,5;"a ""b""\nc";2;"${said}";"${reasons}"\n=1+1;;"x;y";4;"${said}";"${reasons}"\n`,
  )
})

test('a byte order mark is written where the input had one, so that a spreadsheet shows letters as they are', async (context) => {
  const { text } = await refuseAll(context, 'a.csv', '\ufeffid,name\n1,Zoë\n')
  assert.ok(text.startsWith('\ufeffid,name,line,'))
})

test('a refused file that is refused again has its three columns once, with the new reasons', async (context) => {
  const { text } = await refuseAll(context, 'a.csv', 'line,id,Codes,note,reasons\n7,1,old,x,"old, too"\n')
  assert.equal(text.split('\n')[0], 'id,note,line,codes,reasons')
  assert.match(text, /^1,x,2,invalid_amount; missing_id,/m)
  assert.doesNotMatch(text, /old/)
})

test('rows of the wrong width keep their cells and are refused again until they are fixed', async (context) => {
  const { path, text } = await refuseAll(context, 'a.csv', 'id,total\n1,2,3\nbar 5" wide,4\n')
  const [, long, broken] = text.split('\n')
  assert.match(long ?? '', /^1,2,3,2,malformed_row; invalid_amount; missing_id,/)
  assert.match(broken ?? '', /^"bar 5"" wide,4",3,malformed_row/)
  const { rows } = await read(path)
  assert.ok(rows.every((row) => row.issues?.[0]?.code === 'malformed_row'))
})

test('NDJSON and JSON give NDJSON that is read back without the three keys', async (context) => {
  const event = { id: 'a', data: { line: 1, amount: 5 } }
  for (const [name, content] of [
    ['a.ndjson', JSON.stringify(event)],
    ['a.json', JSON.stringify([event])],
  ] as const) {
    const { path, text } = await refuseAll(context, name, content, 'refused.ndjson')
    assert.deepEqual(JSON.parse(text), {
      ...event,
      line: 1,
      codes: ['invalid_amount', 'missing_id'],
      reasons: ['Column "total" has a comma, sadly.', 'There is no id. Add it.'],
    })
    assert.deepEqual((await read(path)).rows, [{ line: 1, object: event }])
  }
})

test('a broken line of NDJSON is kept as text, is broken again when it is sent, and good once it is fixed', async (context) => {
  const { path, text } = await refuseAll(context, 'a.ndjson', '{"id": "a"\n', 'refused.ndjson')
  const again = (await read(path)).rows[0]
  assert.deepEqual([again?.raw, again?.issues?.[0]?.code], ['{"id": "a"', 'malformed_row'])
  writeFileSync(path, text.replace('{\\"id\\": \\"a\\"', '{\\"id\\": \\"a\\"}'))
  assert.deepEqual((await read(path)).rows, [{ line: 1, object: { id: 'a' } }])
})

test('nothing is created before the first refused row', (context) => {
  const path = join(tempFolder(context), 'refused.csv')
  const writer = createRefusedWriter(path)
  writer.close()
  assert.equal(existsSync(path), false)
  assert.deepEqual([writer.paths(), writer.rowsWritten()], [[], 0])
})

test('the file is readable by this user only, also where one of a wider mode stood', {
  skip: process.platform === 'win32',
}, (context) => {
  const path = tempFile(context, 'refused.csv', 'old')
  assert.notEqual(statSync(path).mode & 0o777, 0o600)
  const writer = createRefusedWriter(path)
  writer.write({ name: 'a.csv', format: 'csv', columns: ['id'], delimiter: ',' }, { line: 2, cells: ['1'] }, ISSUES)
  writer.close()
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.doesNotMatch(readFileSync(path, 'utf8'), /old/)
})

test('files of one layout share a refused file, others get a numbered one', (context) => {
  const path = join(tempFolder(context), 'refused.csv')
  const writer = createRefusedWriter(path)
  const table = { name: 'a.csv', format: 'csv', columns: ['id'], delimiter: ',' } as const
  writer.write(table, { line: 2, cells: ['1'] }, ISSUES)
  writer.write({ ...table, name: 'b.csv' }, { line: 2, cells: ['2'] }, ISSUES)
  writer.write({ ...table, name: 'c.csv', columns: ['nr'] }, { line: 2, cells: ['3'] }, ISSUES)
  writer.write({ name: 'd.parquet', format: 'parquet', columns: ['id'] }, { line: 1, object: { id: '4' } }, ISSUES)
  writer.close()
  assert.deepEqual(writer.paths(), [path, path.replace('.csv', '-2.csv'), path.replace('.csv', '-3.ndjson')])
  assert.equal(writer.rowsWritten(), 4)
  assert.deepEqual(
    writer.paths().map((each) => readFileSync(each, 'utf8').split('\n').length),
    [4, 3, 2],
  )
})

test('the file being read is never written, under whatever name, and a folder that is not there is said at once', {
  skip: process.platform === 'win32',
}, (context) => {
  const input = tempFile(context, 'a.csv', 'id\n1\n')
  const link = join(tempFolder(context), 'link.csv')
  symlinkSync(input, link)
  for (const target of [input, link]) {
    assert.throws(
      () => createRefusedWriter(target, { inputs: [input] }),
      (error: Error) => error instanceof FileError && /being read/.test(error.message),
    )
  }
  assert.throws(
    () => createRefusedWriter('/nowhere/at/all/refused.csv'),
    (error: Error) => error instanceof FileError && /no such file/.test(error.message),
  )
  assert.equal(readFileSync(input, 'utf8'), 'id\n1\n')
})

test('cells come back from a refused file exactly as they were read', async (context) => {
  const path = join(tempFolder(context), 'refused.csv')
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\t', '|', '\n', '\r', ' ', '=', "'") })
  const property = fc.asyncProperty(
    fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
    fc.constantFrom(',', ';', '\t', '|'),
    async (cells, delimiter) => {
      const writer = createRefusedWriter(path)
      const source = { name: 'a', format: 'csv', columns: ['one', 'two'], delimiter } as const
      for (const [at, row] of cells.entries()) writer.write(source, { line: at + 2, cells: row }, ISSUES)
      writer.close()
      const { rows } = await read(path)
      assert.deepEqual(
        rows.map((row) => row.cells?.slice(0, 2)),
        cells,
      )
    },
  )
  await fc.assert(property, { numRuns: 100 })
})

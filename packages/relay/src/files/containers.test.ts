/** What a file may be packed in or written in, and what is said of what cannot be read. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { crc32, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { FileError } from './errors.ts'
import { drain, stdinOf, tempFile, tempFolder } from './files.helpers.ts'
import { type OpenFile, type OpenFileOptions, openFile } from './open-file.ts'

const TEXT = 'order_id,name,total\n1001,Zoë,25.99\n1002,Bob,5.00\n'
const ROWS = [
  ['1001', 'Zoë', '25.99'],
  ['1002', 'Bob', '5.00'],
]

/** A zip archive of these files; `encrypted` only claims to be. */
function zipOf(files: Readonly<Record<string, string | Uint8Array>>, encrypted: boolean = false): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content)
    const packed = deflateRawSync(data)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(encrypted ? 1 : 0, 2)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(crc32(data), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(data.length, 18)
    fields.writeUInt16LE(name.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, place, Buffer.from(name))
    offset += 30 + name.length + packed.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(directory.length / 4, 8)
  end.writeUInt16LE(directory.length / 4, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}

async function read(file: OpenFile): Promise<{ cells: unknown[]; notes: readonly string[]; error?: Error }> {
  const { rows, error } = await drain(file.rows)
  const notes = file.notes()
  await file.close()
  return { cells: rows.map(({ cells, object }) => cells ?? object), notes, ...(error === undefined ? {} : { error }) }
}

type Case = readonly [name: string, content: string | Uint8Array, notes: readonly RegExp[], options?: OpenFileOptions]

const latin = (text: string): Buffer => Buffer.from(text, 'latin1')

const READ: readonly Case[] = [
  ['orders.csv', TEXT, []],
  ['orders.csv', `\ufeff${TEXT}`, []],
  ['orders.csv.gz', gzipSync(TEXT), []],
  ['orders.csv.zst', zstdCompressSync(TEXT), []],
  ['orders.zip', zipOf({ 'orders.csv': TEXT }), [/"orders\.csv" of the zip archive/]],
  ['orders.zip', zipOf({ '__MACOSX/._orders.csv': 'x', 'out/': '', 'out/orders.csv': TEXT }), [/"out\/orders\.csv"/]],
  ['orders.zip.gz', gzipSync(zipOf({ 'a.csv.gz': gzipSync(TEXT) })), [/"a\.csv\.gz"/]],
  ['orders.txt', Buffer.from(`\ufeff${TEXT.replaceAll(',', '\t')}`, 'utf16le'), [/^read as UTF-16$/]],
  ['orders.txt', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16(), [/^read as UTF-16$/]],
  ['orders.csv', Buffer.from(TEXT, 'utf16le'), [/read as UTF-16, which its bytes look like/]],
  ['orders.csv', latin(TEXT), [/read as Windows-1252, which its bytes look like \(--encoding says another\)/]],
  ['orders.csv.gz', gzipSync(latin(TEXT)), [/read as Windows-1252/]],
  ['orders.zip', zipOf({ 'orders.csv': latin(TEXT) }), [/"orders\.csv"/, /read as Windows-1252/]],
  ['orders.csv', latin(TEXT), [/^read as windows-1250$/], { encoding: 'windows-1250' }],
  ['orders.csv', latin(TEXT), [/^read as Windows-1252$/], { encoding: 'latin1' }],
  ['orders.csv', latin(TEXT.replace('ë', '\x91')), [/^read as macintosh$/], { encoding: 'macintosh' }],
  ['orders.csv', TEXT, [], { encoding: 'UTF-8' }],
]

for (const [name, content, notes, options = {}] of READ) {
  test(`${name} (${notes.map(String).join(', ') || 'UTF-8'}) is read, by its path and again`, async (context) => {
    const path = tempFile(context, name, content)
    for (let time = 0; time < 2; time++) {
      const seen = await read(await openFile(path, options))
      assert.equal(seen.error, undefined)
      assert.deepEqual(seen.cells, ROWS)
      assert.equal(seen.notes.length, notes.length, seen.notes.join('; '))
      for (const [at, note] of notes.entries()) assert.match(seen.notes[at]!, note)
    }
  })

  test(`${name} (${notes.map(String).join(', ') || 'UTF-8'}) is read from standard input`, async () => {
    const seen = await read(await openFile('-', { ...options, stdin: stdinOf(content) }))
    assert.deepEqual(seen.cells, ROWS)
  })
}

test('what is refused of a file in another encoding is written in UTF-8 with its mark', async (context) => {
  for (const content of [latin(TEXT), Buffer.from(`\ufeff${TEXT}`, 'utf16le')]) {
    const file = await openFile(tempFile(context, 'orders.csv', content))
    assert.equal(file.hasByteOrderMark, true)
    await file.close()
  }
})

const CP1252 =
  'city,street,shop,price,say\nMünchen,Straße,«Œuvre»,5 €,“Où – ça?”\nA Coruña,Av. 9 de Julho nº 3,Noël’s,£5,…\n'
const AS_1252: Readonly<Record<string, number>> = {
  '€': 0x80,
  '…': 0x85,
  Œ: 0x8c,
  '’': 0x92,
  '“': 0x93,
  '”': 0x94,
  '–': 0x96,
}

test('the letters and signs of western Europe come through Windows-1252 as they were', async (context) => {
  const bytes = Buffer.from([...CP1252].map((letter) => AS_1252[letter] ?? letter.charCodeAt(0)))
  const file = await openFile(tempFile(context, 'a.csv', bytes))
  const { cells, notes } = await read(file)
  assert.deepEqual([file.columns, ...cells].map((row) => (row as string[]).join(',')).join('\n'), CP1252.trimEnd())
  assert.match(notes[0]!, /Windows-1252/)
})

/** Texts in an encoding that is neither UTF-8 nor certainly Windows-1252: nothing is read before somebody says which. */
const UNCERTAIN: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ['Polish in windows-1250', [...latin('Łódź'.replace('Ł', '\xa3').replace('ź', '\x9f'))]],
  ['Czech in windows-1250', [...latin('\x8afka \xf8eka')]],
  ['Russian in windows-1251', [0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0]],
  ['Greek in windows-1253', [0xc1, 0xe8, 0xde, 0xed, 0xe1]],
  ['Japanese in shift_jis', [0x93, 0x8c, 0x8b, 0x9e]],
  ['German of an old Mac', [...latin('M\x9fnchen')]],
  ['UTF-8 and Latin-1 in one file', [...Buffer.from('é'), 0x20, 0x4d, 0xfc]],
]

for (const [what, bytes] of UNCERTAIN) {
  test(`${what} is asked about, with the line and the option`, async (context) => {
    const content = Buffer.concat([Buffer.from('id,city\n1,'), Buffer.from(bytes), Buffer.from('\n')])
    const opened = openFile(tempFile(context, 'a.csv', content)).then(async (file) => (await read(file)).error)
    const error = await opened.catch((fault: Error) => fault)
    assert.ok(error instanceof FileError)
    assert.match(error.message, /a\.csv, line 2 \(byte \d+\): the text is not UTF-8\..*--encoding windows-1252/)
  })
}

test('a letter of Windows-1252 is found where chunks meet, and far behind the first', async (context) => {
  for (const before of [32_767, 32_768, 65_535, 200_000]) {
    const text = `id,note\n1,${'x'.repeat(before)}ü\n`
    const file = await openFile(tempFile(context, 'a.csv', latin(text)))
    const { cells, error } = await read(file)
    assert.equal(error, undefined)
    assert.equal((cells[0] as string[])[1], `${'x'.repeat(before)}ü`)
  }
})

const REFUSED: readonly (readonly [name: string, content: string | Uint8Array, says: RegExp])[] = [
  ['a.csv.bz2', latin('BZh91AY&SY'), /compressed with bzip2\. Unpack it \(bunzip2 --keep ".*a\.csv\.bz2"\)/],
  ['a.csv.xz', latin('\xfd7zXZ\x00abc'), /compressed with xz\. Unpack it \(xz --decompress --keep ".*a\.csv\.xz"\)/],
  ['a.7z', latin('7z\xbc\xaf\x27\x1c'), /7-Zip archive/],
  ['a.rar', latin('Rar!\x1a\x07\x00'), /RAR archive/],
  ['a.xls', latin('\xd0\xcf\x11\xe0\xa1\xb1'), /old Excel.*or one that a password protects.*save it as \.xlsx/],
  ['a.xls', '<html><table><tr><td>id</td></tr></table>', /HTML or XML/],
  ['a.xls', '<?xml version="1.0"?><Workbook>', /HTML or XML/],
  ['a.pdf', '%PDF-1.7', /a PDF/],
  ['a.tar', Buffer.concat([Buffer.alloc(257, 'x'), Buffer.from('ustar'), Buffer.alloc(250)]), /tar archive/],
  ['a.bin', Buffer.from([1, 2, 0, 4, 5, 6, 7, 8, 9]), /byte 3: this is no text/],
  ['a.csv', Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /UTF-32/],
  ['a.zip', zipOf({ 'a.csv': 'id\n1\n', 'b.csv': 'id\n1\n' }), /holds 2 files \(a\.csv, b\.csv\); one is expected/],
  ['a.zip', zipOf({ 'folder/': '' }), /holds no file/],
  ['a.zip', latin('PK\x05\x06'.padEnd(22, '\0')), /zip archive without a file/],
  ['a.zip', zipOf({ 'a.csv': TEXT }, true), /a password protects the archive/],
  ['a.zip', zipOf({ 'a.csv': TEXT }).subarray(0, 60), /damaged or cut off/],
  ['a.docx', zipOf({ '[Content_Types].xml': 'x', 'word/document.xml': 'x' }), /a document, but no \.xlsx/],
  ['a.ods', zipOf({ mimetype: 'application/vnd.oasis', 'content.xml': 'x' }), /a document, but no \.xlsx/],
  ['a.csv.zst', zstdCompressSync(TEXT.repeat(100)).subarray(0, 40), /(?:cut off|in the middle|damaged)/],
  ['a.csv.gz', gzipSync(gzipSync(gzipSync(gzipSync(gzipSync(TEXT))))), /packed more than 4 times/],
]

for (const [name, content, says] of REFUSED) {
  test(`${name} is refused as what it is: ${says.source}`, async (context) => {
    const opened = openFile(tempFile(context, name, content)).then(async (file) => (await read(file)).error)
    const error = await opened.catch((fault: Error) => fault)
    assert.ok(error instanceof FileError, String(error))
    assert.match(error.message, says)
  })
}

test('the remedy for bzip2 and xz works as it is printed', { skip: process.platform === 'win32' }, async (context) => {
  for (const [tool, name] of [
    ['bzip2', 'a b.csv.bz2'],
    ['xz', 'a b.csv.xz'],
  ] as const) {
    if (!isThere(tool)) return context.skip(`${tool} is not installed`)
    const folder = tempFolder(context)
    writeFileSync(join(folder, 'a b.csv'), TEXT)
    execFileSync(tool, [join(folder, 'a b.csv')])
    const error = (await openFile(join(folder, name)).catch((fault: Error) => fault)) as Error
    const command = /\((.*)\)/.exec(error.message)?.[1] ?? ''
    execFileSync('sh', ['-c', command])
    assert.deepEqual((await read(await openFile(join(folder, 'a b.csv')))).cells, ROWS)
  }
})

function isThere(tool: string): boolean {
  try {
    execFileSync(tool, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('an unknown encoding, and a sheet of what is no workbook, are refused in words', async (context: TestContext) => {
  const path = tempFile(context, 'a.csv', TEXT)
  await assert.rejects(openFile(path, { encoding: 'klingon' }), /"klingon" is no encoding that is known/)
  await assert.rejects(openFile(path, { sheet: 'Orders' }), /--sheet is for workbooks/)
  const wrong = await openFile(tempFile(context, 'b.csv', latin('id,name\n1,Zoë\n')), { encoding: 'utf-8' })
  assert.match((await read(wrong)).error?.message ?? '', /line 2 \(byte \d+\): the text is not UTF-8/)
})

import { FilesError } from './errors.ts'
import { isListKey, isRecord } from './json-wrapper.ts'

/** A fault in the structure around the elements, by its place in the text; both count from 1. */
export class JsonStructureError extends FilesError {
  override readonly name: string = 'JsonStructureError'
  readonly line: number
  readonly character: number

  constructor(message: string, line: number, character: number) {
    super(message, {}, 'json_broken')
    this.line = line
    this.character = character
  }
}

const MAX_VALUE_CHARACTERS = 10 * 1024 * 1024
/** What is kept of an element that is too long, so that a person finds it. */
const HEAD_CHARACTERS = 1_000

/** An element that is longer than what is read of one. */
export interface CutElement {
  /** What it begins with. */
  readonly head: string
}

/*
 * What is expected next:
 *   start     the outermost value: `[` of the list, or `{` of an object
 *   first     an element or the end of a list that has just begun
 *   element   an element, after a comma
 *   comma     a comma or the end of the list
 *   firstKey  a key or the end of an object that has just begun
 *   key       a key, after a comma
 *   colon     the colon after a key
 *   member    the value of a key
 *   keyComma  a comma or the end of the object
 *   end       nothing but white space
 */
type State = 'start' | 'first' | 'element' | 'comma' | 'firstKey' | 'key' | 'colon' | 'member' | 'keyComma' | 'end'

const OPENERS = '[{'
const CLOSERS = ']}'

/**
 * Cuts the elements out of a JSON text `[…]` or `{"orders": […], …}` that arrives in pieces, in constant memory.
 * An object without a list that is known by its name is itself the one element. Whether an element is valid JSON inside is not judged.
 */
export class JsonSplitter {
  #state: State = 'start'
  #elements: (string | CutElement)[] = []
  #line = 1
  #lineCharacters = 0
  /** The value that is being collected: its text so far, open brackets, whether inside a string, whether after a backslash. */
  #value: string | undefined
  /** It has grown too long: only what it began with is kept. */
  #isCut = false
  #brackets = 0
  #inString = false
  #escaped = false
  #list: string | undefined
  #isObject = false
  #key = ''
  #members = new Map<string, string>()
  #memberCharacters = 0

  /** Reads a piece. Throws `JsonStructureError`; `take` then has the elements before the fault. */
  push(text: string): void {
    let at = 0
    while (at < text.length) at = this.#value === undefined ? this.#step(text, at) : this.#collect(text, at)
    this.#countLines(text)
  }

  /** The elements completed since it was last asked. */
  take(): (string | CutElement)[] {
    const elements = this.#elements
    this.#elements = []
    return elements
  }

  /** The key of the list whose elements these are, in a text that is an object. */
  get list(): string | undefined {
    return this.#list
  }

  /** Whether the text was an object without a list that is known by its name, and that object the one element. */
  get isObject(): boolean {
    return this.#isObject
  }

  /** Says that the text has ended. Throws `JsonStructureError` when it ended too soon. */
  end(): void {
    if (this.#state !== 'end')
      throw new JsonStructureError('the text ends in the middle', this.#line, this.#lineCharacters)
  }

  #step(text: string, at: number): number {
    const character = text[at]!
    if (character === ' ' || character === '\n' || character === '\r' || character === '\t') return at + 1
    switch (this.#state) {
      case 'start':
        return this.#begin(text, at, character)
      case 'first':
      case 'firstKey':
      case 'element':
      case 'key':
        return this.#beginPart(text, at, character)
      case 'colon':
        return this.#punctuation(text, at, { ':': 'member' }, 'a colon')
      case 'member':
        return this.#beginMember(text, at, character)
      case 'comma':
        return this.#punctuation(
          text,
          at,
          { ',': 'element', ']': this.#list !== undefined ? 'keyComma' : 'end' },
          'a comma or ]',
        )
      case 'keyComma':
        return this.#closing(text, at, character)
      case 'end':
        return this.#fail('nothing more is expected', text, at)
    }
  }

  #begin(text: string, at: number, character: string): number {
    if (character === '[') this.#state = 'first'
    else if (character === '{') this.#state = 'firstKey'
    else return this.#fail('a list or an object is expected', text, at)
    return at + 1
  }

  #beginPart(text: string, at: number, character: string): number {
    const isList = this.#state === 'first' || this.#state === 'element'
    if (this.#state === 'first' && character === ']') return this.#endList(at)
    if (this.#state === 'firstKey' && character === '}') return this.#endObject(at)
    if (isList ? ',]}:'.includes(character) : character !== '"') {
      return this.#fail(isList ? 'an element is expected' : 'a key is expected', text, at)
    }
    if (!isList) this.#state = 'key'
    this.#value = ''
    return at
  }

  #beginMember(text: string, at: number, character: string): number {
    if (',]}:'.includes(character)) return this.#fail('a value is expected', text, at)
    if (character === '[' && isListKey(this.#key) && !isRecord(this.#members.keys())) {
      if (this.#list !== undefined) return this.#fail(`beside "${this.#list}" a second list begins`, text, at)
      this.#list = this.#key
      this.#state = 'first'
      return at + 1
    }
    this.#value = ''
    return at
  }

  #closing(text: string, at: number, character: string): number {
    if (character === '}') return this.#endObject(at)
    return this.#punctuation(text, at, { ',': 'key' }, 'a comma or }')
  }

  #punctuation(text: string, at: number, next: Readonly<Record<string, State>>, wanted: string): number {
    const state = next[text[at]!]
    if (state === undefined) return this.#fail(`${wanted} is expected`, text, at)
    this.#state = state
    return at + 1
  }

  #endList(at: number): number {
    this.#state = this.#list !== undefined ? 'keyComma' : 'end'
    return at + 1
  }

  #endObject(at: number): number {
    this.#state = 'end'
    this.#isObject = this.#list === undefined
    if (this.#isObject) this.#elements.push(objectText(this.#members))
    this.#members.clear()
    return at + 1
  }

  /** Reads on to the end of the value; a number or a word ends before what follows it. */
  #collect(text: string, start: number): number {
    let at = start
    while (at < text.length) {
      const end = this.#inString ? this.#stringEnd(text, at) : this.#tokenEnd(text, at)
      if (end < 0) return this.#complete(text, start, -end - 1)
      at = end
    }
    this.#keep(text, start, at)
    return at
  }

  /** The place after the next character outside strings; as `-(place + 1)` when the value ends there. */
  #tokenEnd(text: string, at: number): number {
    const character = text[at]!
    if (character === '"') {
      this.#inString = true
      return at + 1
    }
    if (OPENERS.includes(character)) {
      this.#brackets += 1
      return at + 1
    }
    if (this.#brackets === 0) return ',]}: \t\r\n'.includes(character) ? -(at + 1) : at + 1
    if (CLOSERS.includes(character) && --this.#brackets === 0) return -(at + 2)
    return at + 1
  }

  #stringEnd(text: string, start: number): number {
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (this.#escaped) this.#escaped = false
      else if (code === 0x5c) this.#escaped = true
      else if (code === 0x22) {
        this.#inString = false
        return this.#brackets === 0 ? -(at + 2) : at + 1
      }
    }
    return text.length
  }

  #keep(text: string, start: number, end: number): void {
    if (this.#isCut) return
    this.#value += text.slice(start, end)
    if (this.#value!.length + this.#memberCharacters <= MAX_VALUE_CHARACTERS) return
    // A key, or the value of one, belongs to what is around the elements.
    if (this.#state === 'key' || this.#state === 'member') this.#fail('one value is longer than 10 MiB', text, end)
    this.#isCut = true
    this.#value = this.#value!.slice(0, HEAD_CHARACTERS)
  }

  #complete(text: string, start: number, end: number): number {
    this.#keep(text, start, end)
    const value = this.#value!
    this.#value = undefined
    if (this.#state === 'key') this.#takeKey(value, text, start)
    else if (this.#state === 'member') this.#takeMember(value)
    else {
      this.#elements.push(this.#isCut ? { head: value } : value)
      this.#isCut = false
      this.#state = 'comma'
    }
    return end
  }

  #takeKey(value: string, text: string, at: number): void {
    try {
      this.#key = JSON.parse(value) as string
    } catch {
      this.#fail('the key is not valid JSON', text, at)
    }
    this.#state = 'colon'
  }

  #takeMember(value: string): void {
    this.#members.set(this.#key, value)
    this.#memberCharacters += this.#key.length + value.length
    this.#state = 'keyComma'
  }

  #fail(message: string, text: string, at: number): never {
    this.#countLines(text.slice(0, at))
    throw new JsonStructureError(message, this.#line, this.#lineCharacters + 1)
  }

  #countLines(text: string): void {
    let start = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', start)) {
      this.#line += 1
      this.#lineCharacters = 0
      start = at + 1
    }
    this.#lineCharacters += text.length - start
  }
}

function objectText(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`
}

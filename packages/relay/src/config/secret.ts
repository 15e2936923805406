import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Environment } from './environment.ts'
import type { Fault } from './fault.ts'

/** The ways a secret can be given; exactly one is used. */
export interface SecretFrom {
  readonly env?: string | undefined
  readonly file?: string | undefined
  readonly inline?: string | undefined
}

/** Reads secrets and gathers what is wrong with them, so that all of it can be told at once. */
export class SecretReader {
  readonly faults: Fault[] = []
  readonly #env: Environment
  readonly #folder: string

  constructor(env: Environment, folder: string) {
    this.#env = env
    this.#folder = folder
  }

  /** The secret, or an empty text after a fault was noted. `name` is `apiKey` or `token`. */
  read(at: string, name: string, from: SecretFrom): string {
    const [secret = '', ...more] = this.readAll(at, name, from)
    if (more.length > 0) this.note(at, `${name} is one: put it there alone, on one line`)
    return secret
  }

  /** One secret a line: several while one takes the place of another. */
  readAll(at: string, name: string, from: SecretFrom): string[] {
    const ways = Object.values(from).filter((way) => way !== undefined)
    if (ways.length === 0) return this.#fault(at, `the secret is missing: give ${name}Env or ${name}File`)
    if (ways.length > 1)
      return this.#fault(at, 'the secret is given in more than one way, as variable and as file: keep one')
    if (from.file !== undefined) return this.#fromFile(`${at}.${name}File`, from.file)
    if (from.env !== undefined) return this.#fromVariable(`${at}.${name}Env`, from.env)
    return this.#checked(`${at}.${name}`, from.inline ?? '')
  }

  note(key: string, remedy: string): void {
    this.faults.push({ key, remedy })
  }

  #fromVariable(key: string, variable: string): string[] {
    const value = this.#env[variable]
    if (value) return this.#checked(key, value)
    return this.#fault(key, `the environment variable ${variable} is not set: set it, or name a file instead`)
  }

  #fromFile(key: string, path: string): string[] {
    let content: string
    try {
      content = readFileSync(resolve(this.#folder, path), 'utf8')
    } catch {
      return this.#fault(key, `the file ${path} cannot be read: check the path and its rights`)
    }
    return this.#checked(key, content)
  }

  #checked(key: string, value: string): string[] {
    const secrets = value.trim().split(/\s*\n\s*/)
    if (secrets.every((secret) => /^[!-~]+$/.test(secret))) return secrets
    const about = secrets[0] === '' ? 'the secret is empty' : 'the secret has white space or characters that none has'
    return this.#fault(key, `${about}: put it there alone, as it was given to you`)
  }

  #fault(key: string, remedy: string): [] {
    this.note(key, remedy)
    return []
  }
}

import type { DigestFault } from './digest.ts'
import type { IdentityKind } from './normalise.ts'

const HASH = 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514'

/** Values that cannot be hashed into something that matches, and why. */
export const FAULTS: readonly (readonly [kind: IdentityKind, value: string, fault: DigestFault])[] = [
  ['email', '', 'empty_identity'],
  ['email', ' \t', 'empty_identity'],
  ['email', 'ada', 'invalid_identity'],
  ['email', '@example.com', 'invalid_identity'],
  ['email', 'ada@', 'invalid_identity'],
  ['email', 'ada@b@example.com', 'invalid_identity'],
  ['email', 'ada @example.com', 'invalid_identity'],
  ['email', HASH.toUpperCase(), 'malformed_hash'],
  ['email', HASH.slice(1), 'malformed_hash'],
  ['email', `${HASH}0`, 'malformed_hash'],
  ['email', HASH.slice(0, 56), 'malformed_hash'],
  ['email', HASH.slice(0, 40), 'malformed_hash'],
  ['email', HASH.slice(0, 32), 'malformed_hash'],
  ['email', HASH + HASH, 'malformed_hash'],
  ['external-id', ' ', 'empty_identity'],
  ['external-id', HASH.toUpperCase(), 'malformed_hash'],
  ['external-id', HASH.slice(1), 'malformed_hash'],
  ['phone', '+', 'empty_identity'],
  ['phone', '000', 'empty_identity'],
  ['phone', '1234567', 'invalid_identity'],
  ['phone', '1234567890123456', 'invalid_identity'],
  ['phone', '+1 415 555 CALL', 'invalid_identity'],
  ['phone', '++14155552671', 'invalid_identity'],
  ['first-name', '.', 'empty_identity'],
  ['first-name', '-', 'means_nothing'],
  ['last-name', HASH.slice(1), 'malformed_hash'],
]

/** Values at the limits that are good, and the text that is hashed. */
export const NORMALISED: readonly (readonly [kind: IdentityKind, raw: string, text: string])[] = [
  ['email', 'ADA+shop@EXAMPLE.com', 'ada+shop@example.com'],
  ['email', '\u00a0ada@example.com\u3000', 'ada@example.com'],
  ['email', 'ÄDA@example.com', 'äda@example.com'],
  ['external-id', ' MiXed Case ', 'MiXed Case'],
  ['external-id', HASH.slice(0, 32), HASH.slice(0, 32)],
  ['external-id', HASH.slice(0, 40).toUpperCase(), HASH.slice(0, 40).toUpperCase()],
  ['external-id', HASH.slice(0, 55), HASH.slice(0, 55)],
  ['phone', '12345678', '12345678'],
  ['phone', '123456789012345', '123456789012345'],
  ['phone', '+49 (0) 30 1234567', '490301234567'],
  ['phone', '+0049.30-1234567', '49301234567'],
  ['first-name', "D'Arcy", 'darcy'],
  ['first-name', '李 小龍', '李小龍'],
  ['last-name', 'Müller-Lüdenscheidt', 'müllerlüdenscheidt'],
]

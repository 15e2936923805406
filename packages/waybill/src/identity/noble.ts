/** All that is taken of `@noble/hashes`, in one place: the package is ESM only, so the CommonJS build has this file with the package in it. */
export { hmac } from '@noble/hashes/hmac.js'
export { sha256 } from '@noble/hashes/sha2.js'
export { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

export { type Digest, type DigestFault, describeBadHash, digest, hashIdentity, isSha256Hex } from './digest.ts'
export { type IdentityKind, NORMALISATIONS, normalise, type Step } from './normalise.ts'
export { portableSha256Hex, type Sha256Hex, sha256Hex } from './sha256.ts'

export { type CopyFacts, faultsOfCopy, lookAtCopy } from './copy.ts'
export { copyDataFile, DATA_FILE } from './data-file.ts'
export { type ExamineOptions, examine } from './examine.ts'
export { type Finding, isWell, type Level } from './finding.ts'

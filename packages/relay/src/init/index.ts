export { type Answers, faultIn, isExposed, QUESTIONS, type Question } from './answers.ts'
export { configText } from './config-file.ts'
export { envText, type Tokens } from './env-file.ts'

export { type BringerOptions, type Brought, type Origin, SourceIntake } from './bring.ts'
export { conflictAccounts } from './told.ts'
export {
  createSource,
  plainSource,
  SOURCE_NAMES,
  type SourceName,
  type SourceSettings,
  sourceContract,
  WEBHOOKS,
  type WebhookRequest,
} from './vendors.ts'

export { type Check, type CheckOptions, type CheckResult, check, type InvalidIdentity } from './check.ts'
export { COUNTRIES } from './country.ts'
export { CURRENCIES } from './currency.ts'
export type { EventForm, Json, JsonEvent, WhenDeclared, WireData, WireEvent, WireItem, WireUser } from './event.ts'
export type {
  CustomData,
  CustomerActionData,
  FreeKeys,
  FriendlyAmount,
  FriendlyData,
  FriendlyItem,
  InCurrency,
  InMoney,
  ItemAlone,
  ItemFields,
  PlanData,
  PricedItem,
  PurchaseData,
  Shaped,
  WithItems,
  WithItemsAlone,
  WithoutAmount,
  WithPlan,
} from './friendly-data.ts'
export type {
  CommonFields,
  EventInput,
  FriendlyDataByName,
  FriendlyEvent,
  FriendlyEventOf,
  FromAnApp,
  FromElsewhere,
  FromTheWeb,
  Named,
  NamedByYou,
} from './friendly-event.ts'
export type { FriendlyUser, FriendlyUser06, FriendlyUser11, OneOrMany } from './friendly-person.ts'
export { generationOf, writtenFor } from './generation.ts'
export {
  ISSUES,
  type Issue,
  type IssueCode,
  type IssueDefinition,
  type IssueOrigin,
  issue,
  type Severity,
} from './issue.ts'
export {
  LEAST_TIME_LEFT_MS,
  MAX_AGE_MS,
  MAX_AHEAD_MS,
  MAX_CUSTOM_NAME_LENGTH,
  MAX_EVENTS_PER_REQUEST,
  MAX_IDENTITIES_PER_LIST,
} from './limits.ts'
export type { LooseEvent } from './loose-event.ts'
export {
  ACTION_SOURCES,
  type ActionSource,
  CONTRACT_SETTINGS,
  CONTRACTS,
  type Contract,
  type ContractSetting,
  DATA_SHAPES,
  type DataShape,
  EVENT_NAMES,
  type EventName,
  isContract,
  SHAPE_OF_EVENT,
  shapeOf,
} from './names.ts'
export { containsEmail, withoutEmails } from './privacy.ts'
export type {
  EventSchema,
  SchemaOptions,
  StandardIssue,
  StandardResult,
  StandardSchema,
  StandardSchemaProps,
} from './standard-schema.ts'
export { nearestKey } from './suggest.ts'
export { type CivilTime, readIso8601 } from './time.ts'

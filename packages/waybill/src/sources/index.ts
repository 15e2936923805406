export { createGa4Source, type Ga4Options } from './ga4/index.ts'
export { createGenericSource, type GenericOptions } from './generic/index.ts'
export { createHubspotSource, type HubspotOptions, hubspotCall } from './hubspot/index.ts'
export type { ItemId } from './item.ts'
export { hashed, personKey, remembered, type Visit, withRemembered, withUser, withVisit } from './join.ts'
export { FIELD_TABLE, type FieldKind, type FieldPart, itemKey, type TableField } from './mapping/field-table.ts'
export { isTemplate, namesIn, parseTemplate, type TemplatePart } from './mapping/template.ts'
export type { Note } from './notes.ts'
export * from './reading/index.ts'
export { createSegmentSource, type SegmentOptions } from './segment/index.ts'
export { createShopifySource, type ShopifyMoney, type ShopifyOptions, shopifyCall } from './shopify/index.ts'
export * from './signature/index.ts'
export { SKIPS, type Skip, type SkipCode } from './skip.ts'
export type {
  FollowUp,
  Mapped,
  OrderOptions,
  Remembered,
  Source,
  SourceCall,
  SourceEvent,
  SourceOptions,
} from './source.ts'
export { createStripeSource, type NothingDue, type StripeOptions, stripeCall } from './stripe/index.ts'
export { CLOCK_TOLERANCE_MS } from './time.ts'
export { createWooCommerceSource, type WooCommerceOptions, wooCommerceCall } from './woocommerce/index.ts'

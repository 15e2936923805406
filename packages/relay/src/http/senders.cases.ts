import { createHash } from 'node:crypto'

/** The body of a request as an integration that is in use sends it, and what of its user an account of the first generation gets. */
export interface SenderCase {
  readonly sender: string
  /** The last part of the event's id says which it is. */
  readonly body: (atMs: number) => { readonly events: readonly object[]; readonly [key: string]: unknown }
  readonly user: Readonly<Record<string, string>>
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64)'
const EMAIL = sha256('jane@example.com')
const CUSTOMER = sha256('customer-7')

/** The forms that these integrations have, with people and orders of our own. */
export const SENDERS: readonly SenderCase[] = [
  {
    sender: 'the example of the vendor',
    body: (atMs) => ({
      validate_only: false,
      events: [
        {
          id: 'order_12345',
          type: 'order_created',
          timestamp_ms: atMs,
          oppref: 'oppref_abc',
          source_url: 'https://shop.example.com/checkout/confirmation',
          action_source: 'web',
          user: {
            email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
            external_id_sha256: '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e',
            country: 'US',
            city: 'San Francisco',
            zip_code: '94107',
            ip_address: '203.0.113.1',
            user_agent: 'Mozilla/5.0',
          },
          data: {
            type: 'contents',
            amount: 2599,
            currency: 'USD',
            contents: [{ id: 'sku_123', name: 'Starter bundle', content_type: 'product', quantity: 1 }],
          },
        },
      ],
    }),
    user: {
      email_sha256: 'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
      external_id_sha256: '73d83a078369bb4f0971b317aa7797a91cf5c0df1b62161c2e47d75c33ab5b6e',
      country: 'US',
      city: 'San Francisco',
      zip_code: '94107',
      ip_address: '203.0.113.1',
      user_agent: 'Mozilla/5.0',
    },
  },
  {
    sender: 'PostHog: singular keys with obref, the whole address of the page, no items',
    body: (atMs) => ({
      events: [
        {
          id: '0195c1f4-7c1e-7d33-a2f2-3f1f2b1f6a11',
          type: 'order_created',
          timestamp_ms: atMs,
          action_source: 'web',
          source_url: 'https://shop.example.com/thanks?order=1001&utm_source=chatgpt#top',
          oppref: 'oppref_ph',
          user: {
            obref: 'ob-1',
            email_sha256: EMAIL,
            external_id_sha256: CUSTOMER,
            ip_address: '203.0.113.7',
            user_agent: AGENT,
          },
          data: { type: 'contents', amount: 2599, currency: 'USD' },
        },
      ],
    }),
    user: {
      obref: 'ob-1',
      email_sha256: EMAIL,
      external_id_sha256: CUSTOMER,
      ip_address: '203.0.113.7',
      user_agent: AGENT,
    },
  },
  {
    sender: 'PostHog: an event of its own, named as the product names it',
    body: (atMs) => ({
      events: [
        {
          id: '0195c1f4-7c1e-7d33-a2f2-3f1f2b1f6a12',
          type: 'custom',
          custom_event_name: 'workspace-created',
          timestamp_ms: atMs,
          action_source: 'web',
          source_url: 'https://app.example.com/welcome',
          user: { email_sha256: EMAIL },
          data: { type: 'custom' },
        },
      ],
    }),
    user: { email_sha256: EMAIL },
  },
  {
    sender: 'Stape: hashed places, a raw customer and a phone beside singular keys',
    body: (atMs) => ({
      validate_only: false,
      events: [
        {
          type: 'order_created',
          action_source: 'web',
          timestamp_ms: atMs,
          source_url: 'https://shop.example.com/checkout/thanks?step=3',
          id: '1774000000.991',
          oppref: 'oppref_st',
          user: {
            email_sha256: EMAIL,
            phone_number_sha256: sha256('+16025550101'),
            external_id: 'customer-7',
            city_sha256: sha256('tucson'),
            zip_code_sha256: sha256('85701'),
            country_sha256: sha256('us'),
            ip_address: '203.0.113.7',
            user_agent: AGENT,
            obref: 'ob-2',
          },
          data: {
            type: 'contents',
            contents: [{ id: 'MUG-3', name: 'Mug', quantity: 2, amount: 1250, content_type: 'product' }],
            currency: 'EUR',
            amount: 2500,
          },
        },
      ],
    }),
    user: { email_sha256: EMAIL, ip_address: '203.0.113.7', user_agent: AGENT, obref: 'ob-2' },
  },
  {
    sender: 'Stape: a name of GA4 that has none here, with items among the free keys, and nobody',
    body: (atMs) => ({
      validate_only: false,
      events: [
        {
          type: 'custom',
          custom_event_name: 'add_payment_info',
          action_source: 'web',
          timestamp_ms: atMs,
          source_url: 'https://shop.example.com/checkout',
          id: '1774000000.992',
          user: {},
          data: { type: 'custom', contents: [{ id: 'MUG-3', content_type: 'product' }], currency: 'EUR', amount: 2500 },
        },
      ],
    }),
    user: {},
  },
  {
    sender: 'RudderStack: singular keys, a country in lower case, group_id and variant_dict',
    body: (atMs) => ({
      integration_source: 'rudderstack',
      events: [
        {
          id: 'order-123',
          type: 'order_created',
          timestamp_ms: atMs,
          action_source: 'web',
          source_url: 'https://www.example.com/checkout/success',
          user: {
            obref: 'ob-3',
            email_sha256: EMAIL,
            external_id_sha256: CUSTOMER,
            country: 'us',
            city: 'san francisco',
            zip_code: '94105',
            ip_address: '203.0.113.10',
            user_agent: AGENT,
          },
          data: {
            type: 'contents',
            currency: 'usd',
            amount: 4999,
            contents: [
              {
                id: 'sku-123',
                name: 'T-shirt',
                quantity: 1,
                amount: 4999,
                currency: 'USD',
                group_id: 'shirts',
                variant_dict: { size: 'M' },
              },
            ],
          },
        },
      ],
    }),
    user: {
      obref: 'ob-3',
      email_sha256: EMAIL,
      external_id_sha256: CUSTOMER,
      country: 'US',
      city: 'san francisco',
      zip_code: '94105',
      ip_address: '203.0.113.10',
      user_agent: AGENT,
    },
  },
  {
    sender: 'RudderStack: lists, with hashes of what is sent raw and of a day of birth',
    body: (atMs) => ({
      events: [
        {
          id: 'msg-124',
          type: 'contents_viewed',
          timestamp_ms: atMs,
          action_source: 'web',
          source_url: 'https://www.example.com/item',
          oppref: 'oppref_ru',
          user: {
            obref: 'ob-4',
            emails_sha256: [EMAIL],
            phone_numbers_sha256: [sha256('16025550101')],
            external_ids_sha256: [CUSTOMER],
            first_names_sha256: [sha256('jane')],
            last_names_sha256: [sha256('doe')],
            date_of_births_sha256: [sha256('19900102')],
            regions_sha256: [sha256('az')],
            postal_codes_sha256: [sha256('85701')],
            cities_sha256: [sha256('tucson')],
            countries_sha256: [sha256('us')],
            ip_address: '203.0.113.10',
            user_agent: AGENT,
          },
          data: {
            type: 'contents',
            currency: 'EUR',
            amount: 1250,
            contents: [{ id: 'sku-1', name: 'Sample', quantity: 2, amount: 625, currency: 'EUR' }],
          },
        },
      ],
    }),
    user: {
      obref: 'ob-4',
      email_sha256: EMAIL,
      external_id_sha256: CUSTOMER,
      ip_address: '203.0.113.10',
      user_agent: AGENT,
    },
  },
  {
    sender: 'RudderStack: an event of its own with free keys',
    body: (atMs) => ({
      events: [
        {
          id: 'msg-125',
          type: 'custom',
          custom_event_name: 'trial-started',
          timestamp_ms: atMs,
          action_source: 'web',
          source_url: 'https://www.example.com/plans',
          user: { emails_sha256: [EMAIL] },
          data: { type: 'custom', amount: 100, currency: 'USD', plan: 'pro', seats: 3 },
        },
      ],
    }),
    user: { email_sha256: EMAIL },
  },
]

import type { KnownExport } from './known-export.ts'

export const SHOPS: readonly KnownExport[] = [
  {
    name: 'shopify-orders',
    title: 'Shopify: orders',
    columns: ['Name', 'Financial Status', 'Paid at', 'Lineitem quantity', 'Lineitem sku', 'Total', 'Id'],
    map: {
      id: 'Id',
      type: { value: 'order_created' },
      groupBy: 'Name',
      where: { 'Financial Status': ['paid', 'partially_refunded'], 'Cancelled at': { empty: true } },
      timestamp: 'Paid at',
      amount: 'Total',
      currency: 'Currency',
      email: 'Email',
      country: 'Billing Country',
      region: 'Billing Province',
      city: 'Billing City',
      zip_code: 'Billing Zip',
      item_id: 'Lineitem sku',
      item_name: 'Lineitem name',
      item_amount: 'Lineitem price',
      quantity: 'Lineitem quantity',
      ignore: ['Fulfillment Status', 'Lineitem fulfillment status'],
    },
  },
]

/** The conversion of an order: the event, and the pixel that it is for. */
export const conversionOf = ({ number, email, total, placedAt }) => ({
  pixelId: process.env.WAYBILL_PIXEL_ID ?? 'px',
  id: `order_${number}`,
  type: 'order_created',
  timestamp: placedAt,
  actionSource: 'web',
  sourceUrl: 'https://shop.example.com/thank-you',
  user: { email },
  data: { amount: total, currency: 'EUR' },
})

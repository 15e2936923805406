// Settings > Customer events > Add custom pixel. Permission: required, marketing.
const PIXEL_ID = 'px_1'

window.oaiq = function oaiq() {
  // biome-ignore lint/complexity/noArguments: so do calls wait for the loader in the vendor's own snippet.
  window.oaiq.q.push(arguments)
}
window.oaiq.q = []
const loader = document.createElement('script')
loader.src = 'https://bzrcdn.openai.com/sdk/oaiq.min.js'
document.head.append(loader)
window.oaiq('init', { pixelId: PIXEL_ID })

analytics.subscribe('checkout_completed', ({ data: { checkout } }) => {
  // The digits of the order's id, which are what the webhook brings.
  const id = /\d+$/.exec(checkout.order?.id ?? '')?.[0]
  if (id === undefined) return
  const { amount, currencyCode: currency } = checkout.totalPrice
  const data = { type: 'contents', amount: minorUnits(amount, currency), currency }
  window.oaiq('measure', 'order_created', data, { event_id: id })
})

// ISO 4217. Intl.NumberFormat would be wrong: it gives HUF, IDR and COP no decimals.
function minorUnits(amount, currency) {
  if (/^(BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|VND|VUV|XAF|XOF|XPF)$/.test(currency)) return Math.round(amount)
  return Math.round(amount * (/^(BHD|IQD|JOD|KWD|LYD|OMR|TND)$/.test(currency) ? 1000 : 100))
}

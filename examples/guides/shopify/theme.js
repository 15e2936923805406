// The theme's asset waybill.js: puts the click reference of the landing page into the cart, if the visitor allows it.
window.Shopify.loadFeatures([{ name: 'consent-tracking-api', version: '0.1' }], (error) => {
  if (error) return
  if (isAllowed()) keep()
  // Whoever says no now takes back an earlier yes.
  document.addEventListener('visitorConsentCollected', () => (isAllowed() ? keep() : write('')))
})

function isAllowed() {
  return window.Shopify.customerPrivacy.marketingAllowed()
}

function keep() {
  // The bytes of the address: URLSearchParams would decode them.
  const found = /[?&]oppref=([^&]+)/.exec(location.search)?.[1]
  if (found) write(found)
}

function write(oppref) {
  fetch(`${window.Shopify.routes.root}cart/update.js`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ attributes: { _oppref: oppref } }),
  })
}

import { addressOf, askEarly } from './api/client.ts'
import { mendLocale } from './logic/locale.ts'
import { rangeOf, type Scope } from './logic/range.ts'
import './page.css'

mendLocale(navigator)
// What the first view needs is asked for while the rest of the page still loads.
askEarly('/api/me')
if (location.pathname === '/') {
  const scope = Object.fromEntries(new URLSearchParams(location.search)) as Scope
  const { fromMs, untilMs } = rangeOf(scope, Date.now())
  askEarly(addressOf('/api/today', { pixel: scope.pixel, from: fromMs, until: untilMs }))
  void import('./pages/today.tsx')
}
const { start } = await import('./app.tsx')
start(document.getElementById('page')!)

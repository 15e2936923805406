import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  index('routes/landing.tsx'),
  route('checkout', 'routes/checkout.ts'),
  route('thank-you/:key', 'routes/thank-you.tsx'),
] satisfies RouteConfig

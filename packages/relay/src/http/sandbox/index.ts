export { sandboxRoutes } from './routes.ts'
export { Sandbox } from './sandbox.ts'

import { createFileRoute } from '@tanstack/react-router'
import { createServerFn } from '@tanstack/react-start'

const bread = createServerFn({ method: 'GET' }).handler(async () => `rye, baked by Node.js ${process.versions.node.split('.')[0]}`)

export const Route = createFileRoute('/')({
  loader: () => bread(),
  component: () => <h1>hello from TanStack Start: {Route.useLoaderData()}</h1>,
})

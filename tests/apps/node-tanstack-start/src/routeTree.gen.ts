// made again by the build
import { Route as rootRoute } from './routes/__root'
import { Route as IndexRoute } from './routes/index'

export const routeTree = rootRoute._addFileChildren({
  IndexRoute: IndexRoute.update({ id: '/', path: '/', getParentRoute: () => rootRoute } as any),
})

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { greet } from '@/greet'
enum Color { Red = 'red' }
const app = new Hono()
app.get('/', (c) => c.text(greet(Color.Red)))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })

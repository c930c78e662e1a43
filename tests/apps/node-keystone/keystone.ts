import { config, list } from '@keystone-6/core'
import { allowAll } from '@keystone-6/core/access'
import { text } from '@keystone-6/core/fields'

export default config({
  db: { provider: 'postgresql', url: process.env.DATABASE_URL! },
  lists: { Bread: list({ access: allowAll, fields: { name: text() } }) },
})

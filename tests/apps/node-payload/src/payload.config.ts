import { sqliteAdapter } from '@payloadcms/db-sqlite'
import { lexicalEditor } from '@payloadcms/richtext-lexical'
import { buildConfig } from 'payload'
import { Media } from './collections/Media'

export default buildConfig({
  collections: [Media],
  editor: lexicalEditor(),
  secret: process.env.PAYLOAD_SECRET || '',
  db: sqliteAdapter({ client: { url: process.env.DATABASE_URL || 'file:./bakery.db' } }),
})

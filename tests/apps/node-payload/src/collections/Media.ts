import type { CollectionConfig } from 'payload'

export const Media: CollectionConfig = { slug: 'media', fields: [], upload: { staticDir: 'media' } }

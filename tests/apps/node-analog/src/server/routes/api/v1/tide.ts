import { defineEventHandler } from 'h3'

export default defineEventHandler(() => ({ metres: 4.2 }))

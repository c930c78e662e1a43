import * as React from 'react'

export default function Home() {
  return <h1>hello from Gatsby</h1>
}

export const Head = () => <title>orchard</title>

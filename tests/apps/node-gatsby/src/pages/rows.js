import * as React from 'react'

export default function Rows() {
  return <h1>a tree in each row</h1>
}

export const Head = () => <title>orchard</title>

import Link from 'next/link'

export default function Page() {
  return (
    <h1>
      hello from the export <Link href="/price">price</Link>
    </h1>
  )
}

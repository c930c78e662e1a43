import { useData } from 'vike-react/useData'

export default function Page() {
  const { trees } = useData()
  return <h1>hello from Vike, with {trees} trees</h1>
}

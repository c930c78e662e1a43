export default function Home() {
  return <h1>hello from the orchard</h1>
}

export default function Page() {
  return <h1>hello from prerendered Vike</h1>
}

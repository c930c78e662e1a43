export default function Page() {
  return <p>about the orchard</p>
}

export default function Trees() {
  return <h1>twelve trees</h1>
}

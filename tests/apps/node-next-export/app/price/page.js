export default function Price() {
  return <h1>nine apples</h1>
}

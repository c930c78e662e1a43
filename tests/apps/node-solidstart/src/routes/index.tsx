export default function Home() {
  return <h1>hello from SolidStart</h1>
}

export default function Index() {
  return <p>hello from Remix</p>;
}

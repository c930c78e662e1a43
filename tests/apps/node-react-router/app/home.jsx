export default function Home() {
  return <p>hello from React Router</p>;
}

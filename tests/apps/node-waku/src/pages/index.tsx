export default async function Home() {
  return <h1>hello from Waku, on {process.platform}</h1>
}

export const getConfig = async () => ({ render: 'dynamic' }) as const

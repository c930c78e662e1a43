import { getPost, locale } from '../lib/posts';
export const dynamic = 'force-dynamic';
export default function Page() { return <main><h1>{getPost('hello').data.title}</h1><p>{locale('en').greet}</p></main>; }

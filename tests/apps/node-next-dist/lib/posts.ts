import fs from 'fs'; import path from 'path'; import matter from 'gray-matter';
const postsDirectory = path.join(process.cwd(), 'content', 'posts');
export function getPost(slug: string) { return matter(fs.readFileSync(path.join(postsDirectory, `${slug}.md`), 'utf8')); }
export function locale(l: string) { const dir = path.resolve(process.env.LOCALES_DIR || './locales'); return JSON.parse(fs.readFileSync(`${dir}/${l}/common.json`, 'utf8')); }

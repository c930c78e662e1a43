export function page(path: string): string {
  return `<!doctype html><title>Deno</title><p>served by default, at ${path}</p>`;
}

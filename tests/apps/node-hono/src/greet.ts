export const greet = (x: string) => `tsx works ${x}`

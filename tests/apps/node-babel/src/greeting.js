export const greeting = "hello from babel";

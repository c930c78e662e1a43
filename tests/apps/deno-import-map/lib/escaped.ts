import escapeHtml from "escape-html";

export const escaped = (text: string): string => escapeHtml(text);

import type { RequestHandler } from "express";
import morgan from "morgan";

export function access(): RequestHandler {
  return morgan("tiny");
}

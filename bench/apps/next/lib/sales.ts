import { addDays, format } from "date-fns";
import groupBy from "lodash/groupBy";
import { z } from "zod";

const Sale = z.object({ day: z.string(), region: z.enum(["north", "south"]), total: z.number().nonnegative() });
export type Sale = z.infer<typeof Sale>;

export function sales(days: number): Sale[] {
  const start = new Date("2026-01-01T00:00:00Z");
  return Array.from({ length: days }, (_, number) =>
    Sale.parse({
      day: format(addDays(start, number), "yyyy-MM-dd"),
      region: number % 2 ? "south" : "north",
      total: (number * 37) % 101,
    }),
  );
}

export function byRegion(rows: Sale[]): Record<string, Sale[]> {
  return groupBy(rows, "region");
}

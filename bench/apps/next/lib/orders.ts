import { addDays, formatISO } from "date-fns";
import { orderBy, sumBy } from "lodash";
import { customers } from "./customers";

export type Order = { id: string; customer: string; placed: string; status: "open" | "sent" | "paid"; total: number };

const STATES: Order["status"][] = ["open", "sent", "paid"];

export function orders(): Order[] {
  const all = customers().flatMap((one, index) =>
    STATES.map((status, number) => ({
      id: `${one.id}-${number}`,
      customer: one.name,
      placed: formatISO(addDays(new Date(2026, 0, 1), index * 3 + number), { representation: "date" }),
      status,
      total: 40 * (index + 1) + 7 * number,
    })),
  );
  return orderBy(all, ["placed"], ["desc"]);
}

export function outstanding(rows: Order[]): number {
  return sumBy(
    rows.filter((row) => row.status !== "paid"),
    "total",
  );
}

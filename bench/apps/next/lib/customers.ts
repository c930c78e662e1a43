import { addDays, formatISO } from "date-fns";
import { z } from "zod";

export const customer = z.object({
  id: z.string(),
  name: z.string().min(2),
  email: z.email(),
  since: z.iso.date(),
  credit: z.number().nonnegative(),
});
export type Customer = z.infer<typeof customer>;

const NAMES = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple"];

export function customers(): Customer[] {
  return NAMES.map((name, index) =>
    customer.parse({
      id: String(index + 1),
      name: `${name} & Sons`,
      email: `office@${name.toLowerCase()}.example`,
      since: formatISO(addDays(new Date(2020, 0, 1), index * 97), { representation: "date" }),
      credit: 500 * (index + 1),
    }),
  );
}

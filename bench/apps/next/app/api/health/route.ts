import { customers } from "../../../lib/customers";
import { orders } from "../../../lib/orders";

export function GET() {
  return Response.json({ status: "ok", customers: customers().length, orders: orders().length });
}

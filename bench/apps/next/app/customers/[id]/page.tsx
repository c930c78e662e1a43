import { notFound } from "next/navigation";
import Frame from "../../../components/frame";
import { customers } from "../../../lib/customers";
import { orders } from "../../../lib/orders";
import OrderTable from "../../orders/table";
import CustomerForm from "./form";

export function generateStaticParams() {
  return customers().map(({ id }) => ({ id }));
}

export default async function Customer({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const found = customers().find((one) => one.id === id);
  if (!found) notFound();
  return (
    <Frame title={found.name}>
      <CustomerForm customer={found} />
      <OrderTable rows={orders().filter((order) => order.customer === found.name)} />
    </Frame>
  );
}

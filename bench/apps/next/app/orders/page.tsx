import Frame from "../../components/frame";
import { orders, outstanding } from "../../lib/orders";
import OrderTable from "./table";

export default function Orders() {
  const rows = orders();
  return (
    <Frame title="Orders">
      <p>{outstanding(rows)} to be paid</p>
      <OrderTable rows={rows} />
    </Frame>
  );
}

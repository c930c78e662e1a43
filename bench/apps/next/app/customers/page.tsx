import Frame from "../../components/frame";
import { customers } from "../../lib/customers";
import CustomerTable from "./table";

export default function Customers() {
  return (
    <Frame title="Customers">
      <CustomerTable rows={customers()} />
    </Frame>
  );
}

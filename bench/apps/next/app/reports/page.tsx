import Frame from "../../components/frame";
import { sales } from "../../lib/sales";
import Chart from "./chart";
import Months from "./months";

export default function Reports() {
  const rows = sales(60);
  return (
    <Frame title="Reports">
      <Months rows={rows} />
      <Chart rows={rows} />
    </Frame>
  );
}

import { sales } from "../../lib/sales";
import Chart from "./chart";

export default function Reports() {
  return <Chart rows={sales(60)} />;
}

import { House } from "lucide-react";
import Link from "next/link";
import * as builds from "../lib/builds";
import { byRegion, sales } from "../lib/sales";

export default function Home() {
  const regions = byRegion(sales(30));
  return (
    <main>
      <House size={24} />
      <p>{Object.values(builds).join(", ")}</p>
      <ul>
        {Object.entries(regions).map(([region, rows]) => (
          <li key={region}>
            {region}: {rows.length}
          </li>
        ))}
      </ul>
      <Link href="/reports">Reports</Link>
    </main>
  );
}

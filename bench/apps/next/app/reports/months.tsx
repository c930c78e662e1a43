"use client";

import { Bar, BarChart, CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Sale } from "../../lib/sales";

export default function Months({ rows }: { rows: Sale[] }) {
  return (
    <>
      <ResponsiveContainer width="100%" height={280}>
        <BarChart data={rows}>
          <CartesianGrid strokeDasharray="3 3" />
          <XAxis dataKey="day" />
          <YAxis />
          <Tooltip />
          <Legend />
          <Bar dataKey="total" fill="#28559a" />
        </BarChart>
      </ResponsiveContainer>
      <ResponsiveContainer width="100%" height={280}>
        <LineChart data={rows}>
          <XAxis dataKey="day" />
          <YAxis />
          <Line dataKey="total" dot={false} />
        </LineChart>
      </ResponsiveContainer>
    </>
  );
}

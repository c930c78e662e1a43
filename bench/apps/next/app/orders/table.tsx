"use client";

import { Chip } from "@mui/material";
import type { ColumnDef } from "@tanstack/react-table";
import { format, parseISO } from "date-fns";
import Grid from "../../components/grid";
import type { Order } from "../../lib/orders";

const COLORS = { open: "warning", sent: "info", paid: "success" } as const;
const COLUMNS: ColumnDef<Order>[] = [
  { accessorKey: "id", header: "Number" },
  { accessorKey: "customer", header: "Customer" },
  { accessorKey: "placed", header: "Placed", cell: ({ row }) => format(parseISO(row.original.placed), "d MMM yyyy") },
  { accessorKey: "status", header: "Status", cell: ({ row }) => <Chip label={row.original.status} color={COLORS[row.original.status]} /> },
  { accessorKey: "total", header: "Total" },
];

export default function OrderTable({ rows }: { rows: Order[] }) {
  return <Grid rows={rows} columns={COLUMNS} />;
}

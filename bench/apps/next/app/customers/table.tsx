"use client";

import { Link as Styled } from "@mui/material";
import type { ColumnDef } from "@tanstack/react-table";
import Link from "next/link";
import Grid from "../../components/grid";
import type { Customer } from "../../lib/customers";

const COLUMNS: ColumnDef<Customer>[] = [
  {
    accessorKey: "name",
    header: "Name",
    cell: ({ row }) => (
      <Styled component={Link} href={`/customers/${row.original.id}`}>
        {row.original.name}
      </Styled>
    ),
  },
  { accessorKey: "email", header: "Mail" },
  { accessorKey: "since", header: "Customer since" },
  { accessorKey: "credit", header: "Credit" },
];

export default function CustomerTable({ rows }: { rows: Customer[] }) {
  return <Grid rows={rows} columns={COLUMNS} />;
}

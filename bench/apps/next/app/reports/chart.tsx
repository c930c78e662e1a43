"use client";

import { Button, Card, CardContent, LinearProgress, Typography } from "@mui/material";
import { RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";
import { interval, map } from "rxjs";
import type { Sale } from "../../lib/sales";

export default function Chart({ rows }: { rows: Sale[] }) {
  const [shown, setShown] = useState(7);
  useEffect(() => {
    const growing = interval(5000)
      .pipe(map((turn) => Math.min(7 + turn, rows.length)))
      .subscribe(setShown);
    return () => growing.unsubscribe();
  }, [rows.length]);
  return (
    <Card>
      <CardContent>
        <Typography variant="h5">{shown} days</Typography>
        {rows.slice(0, shown).map((row) => (
          <LinearProgress key={row.day} variant="determinate" value={row.total} />
        ))}
        <Button startIcon={<RefreshCw size={16} />} onClick={() => setShown(7)}>
          Again
        </Button>
      </CardContent>
    </Card>
  );
}

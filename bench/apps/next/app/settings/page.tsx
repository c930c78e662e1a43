"use client";

import { FormControlLabel, MenuItem, Select, Stack, Switch, Tab, Tabs } from "@mui/material";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import Frame from "../../components/frame";
import { useSession } from "../../lib/session";

export default function Settings() {
  const [tab, setTab] = useState(0);
  const [language, setLanguage] = useState("en");
  const { dense, toggle } = useSession();
  const health = useQuery({ queryKey: ["health"], queryFn: async () => (await fetch("/api/health")).json() });
  return (
    <Frame title="Settings">
      <Tabs value={tab} onChange={(_, value) => setTab(value)}>
        <Tab label="Display" />
        <Tab label="System" />
      </Tabs>
      {tab === 0 ? (
        <Stack spacing={2} sx={{ py: 2, maxWidth: 320 }}>
          <FormControlLabel control={<Switch checked={dense} onChange={toggle} />} label="Dense tables" />
          <Select value={language} onChange={(event) => setLanguage(event.target.value)}>
            <MenuItem value="en">English</MenuItem>
            <MenuItem value="de">Deutsch</MenuItem>
          </Select>
        </Stack>
      ) : (
        <pre>{JSON.stringify(health.data, null, 2)}</pre>
      )}
    </Frame>
  );
}

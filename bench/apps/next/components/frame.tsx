"use client";

import { AppBar, Avatar, Box, Drawer, IconButton, List, ListItemButton, ListItemText, Toolbar, Typography } from "@mui/material";
import { Menu } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { useSession } from "../lib/session";

const PLACES = { "/": "Home", "/customers": "Customers", "/orders": "Orders", "/reports": "Reports", "/settings": "Settings" };

export default function Frame({ title, children }: { title: string; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const name = useSession((state) => state.name);
  return (
    <Box>
      <AppBar position="static">
        <Toolbar>
          <IconButton color="inherit" aria-label="menu" onClick={() => setOpen(true)}>
            <Menu size={20} />
          </IconButton>
          <Typography variant="h6" sx={{ flexGrow: 1 }}>
            {title}
          </Typography>
          {name && <Avatar>{name[0]}</Avatar>}
        </Toolbar>
      </AppBar>
      <Drawer open={open} onClose={() => setOpen(false)}>
        <List>
          {Object.entries(PLACES).map(([href, label]) => (
            <ListItemButton key={href} component={Link} href={href}>
              <ListItemText primary={label} />
            </ListItemButton>
          ))}
        </List>
      </Drawer>
      <Box component="main" sx={{ p: 3 }}>
        {children}
      </Box>
    </Box>
  );
}

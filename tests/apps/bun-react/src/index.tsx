import { serve } from "bun";
import page from "./index.html";

serve({
  routes: {
    "/api/hello": { GET: () => Response.json({ hello: "world" }) },
    "/*": page,
  },
  development: process.env.NODE_ENV !== "production",
});

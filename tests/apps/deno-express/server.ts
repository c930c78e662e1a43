import express from "express";

const app = express();
app.get("/", (_request, response) => {
  response.json({ served: "by express on Deno" });
});
app.listen(3000, () => console.log("listening"));

import { Application, Router } from "@oak/oak";
import { join } from "@std/path";

const router = new Router();
router.get("/", (context) => {
  context.response.body = join("served", "by", "oak");
});

const app = new Application();
app.use(router.routes());
await app.listen({ port: 8080 });

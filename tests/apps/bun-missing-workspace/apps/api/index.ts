import { greeting } from "greeting";

export default { fetch: () => new Response(greeting) };

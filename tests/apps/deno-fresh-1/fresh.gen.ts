import * as $index from "./routes/index.tsx";

export default { routes: { "./routes/index.tsx": $index }, islands: {}, baseUrl: import.meta.url };

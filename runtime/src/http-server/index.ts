/** What every HTTP server of this process is made of. */
export { listen, type Listening, type ListenOptions } from "./listen.ts";
export { readBody } from "./read-body.ts";

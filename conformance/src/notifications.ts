import { run } from "./notifications/run.ts";
import type { Suite } from "./suite.ts";

/** The same events and the same webhook calls, given to Flux's notification-controller and to ours. */
export const suite: Suite = {
  name: "notifications",
  summary: "messages of providers and answers of receivers against Flux's notification-controller",
  run,
};

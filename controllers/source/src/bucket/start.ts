import { trimRight } from "@eddy/core/trim";
import { startController } from "@eddy/runtime/controller";
import type { StartSource } from "../source/start-source.ts";
import { bucketController } from "./controller.ts";

/** Runs Buckets; a client lives as long as a pass. */
export const startBuckets: StartSource = (environment, ports) => {
  const emulator = trimRight(process.env["STORAGE_EMULATOR_HOST"] ?? "", "/");
  const gcsUrl = emulator && (/^https?:\/\//.test(emulator) ? emulator : `http://${emulator}`);
  return startController(bucketController, { ...ports, fetched: new Map(), gcsUrl: gcsUrl || undefined }, environment);
};

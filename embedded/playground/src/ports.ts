import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** TCP ports that a data directory remembers, so that clone URLs and kubeconfigs outlive a restart. */
export interface Ports {
  controlPlane?: number;
  git?: number;
  charts?: number;
  registry?: number;
}

/** The ports of the last start in this directory; empty when there was none or the file cannot be read. */
export function loadPorts(dataDir: string): Ports {
  try {
    return JSON.parse(readFileSync(join(dataDir, "ports.json"), "utf8")) as Ports;
  } catch {
    return {};
  }
}

/** Remembers the ports for the next start. */
export function savePorts(dataDir: string, ports: Ports): void {
  writeFileSync(join(dataDir, "ports.json"), `${JSON.stringify(ports)}\n`);
}

/** Starts a server on the port it had; on any free one when another program has taken it meanwhile. */
export async function onPort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port === undefined) return start(0);
  try {
    return await start(port);
  } catch (error) {
    if (!isInUse(error)) throw error;
    return start(0);
  }
}

function isInUse(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === "EADDRINUSE" || isInUse(error.cause);
}

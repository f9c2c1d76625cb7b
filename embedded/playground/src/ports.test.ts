import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPorts, onPort, savePorts } from "./ports.ts";

describe("onPort()", () => {
  const inUse = Object.assign(new Error("address already in use"), { code: "EADDRINUSE" });
  const refusing = (error: Error) => async (port: number) => {
    if (port !== 0) throw error;
    return port;
  };

  it("starts on the port of the last start, or on any when there was none", async () => {
    expect(await onPort(4_711, async (port) => port)).toBe(4_711);
    expect(await onPort(undefined, async (port) => port)).toBe(0);
  });
  it("takes any port when that one is in use by now, also when the error is wrapped", async () => {
    expect(await onPort(4_711, refusing(inUse))).toBe(0);
    expect(await onPort(4_711, refusing(new Error("listen failed", { cause: inUse })))).toBe(0);
  });
  it("passes every other error on", async () => {
    await expect(onPort(4_711, refusing(new Error("no rights")))).rejects.toThrow("no rights");
  });
});

describe("loadPorts()", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "eddy-ports-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("finds what was saved", () => {
    savePorts(dir, { controlPlane: 1, git: 2 });
    expect(loadPorts(dir)).toEqual({ controlPlane: 1, git: 2 });
  });
  it("knows none where nothing was saved, or what was saved cannot be read", () => {
    expect(loadPorts(dir)).toEqual({});
    writeFileSync(join(dir, "ports.json"), "{");
    expect(loadPorts(dir)).toEqual({});
  });
});

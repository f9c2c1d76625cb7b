import { fakeClock } from "@eddy/core/clock";
import type { LogLevel } from "@eddy/core/log";
import { createMasker } from "@eddy/core/secrets";
import { describe, expect, test } from "vitest";
import { createLogBuffer } from "./log-buffer.ts";
import { createLogger } from "./logger.ts";

function logTo(
  lines: string[],
  level: LogLevel = "info",
  encoding: "json" | "console" = "json",
  masker = createMasker(),
) {
  return createLogger({ level, encoding, masker, clock: fakeClock(), write: (line) => lines.push(line) });
}

describe("logger", () => {
  test("writes upstream's keys, then the fields, a line each", () => {
    const lines: string[] = [];
    logTo(lines)
      .with({ controller: "kustomization", controllerKind: "Kustomization" })
      .log("info", "done", { name: "app", namespace: "team", revision: "main@sha1:1" });
    expect(lines).toEqual([
      '{"level":"info","ts":"2026-01-01T00:00:00.000Z","msg":"done","controller":"kustomization","controllerKind":"Kustomization","name":"app","namespace":"team","revision":"main@sha1:1"}\n',
    ]);
  });

  test("in words for a person", () => {
    const lines: string[] = [];
    logTo(lines, "info", "console").log("error", "build failed", { error: new Error("no such file") });
    logTo(lines, "info", "console").log("info", "started");
    expect(lines).toEqual([
      '2026-01-01T00:00:00.000Z\tERROR\tbuild failed\t{"error":"no such file"}\n',
      "2026-01-01T00:00:00.000Z\tINFO\tstarted\n",
    ]);
  });

  test.each([
    ["error", ["error"]],
    ["info", ["info", "error"]],
    ["debug", ["debug", "info", "error"]],
    ["trace", ["trace", "debug", "info", "error"]],
  ] as const)("level %s lets through %j", (level, want) => {
    const lines: string[] = [];
    const logger = logTo(lines, level);
    for (const each of ["trace", "debug", "info", "error"] as const) logger.log(each, "m");
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(want);
  });

  test("masks secrets wherever they stand", () => {
    const lines: string[] = [];
    const masker = createMasker();
    masker.register("hunter2-hunter2");
    logTo(lines, "info", "json", masker).log("info", "login with hunter2-hunter2", {
      url: "https://u:hunter2-hunter2@host",
    });
    expect(lines.join("")).not.toContain("hunter2");
  });

  test.each(["json", "console"] as const)("masks a secret that %s writes with escapes", (encoding) => {
    const lines: string[] = [];
    const masker = createMasker();
    masker.register('pass"word\nof-two-lines');
    logTo(lines, "info", encoding, masker).log("info", 'login with pass"word\nof-two-lines', {
      error: new Error('refused: pass"word\nof-two-lines'),
      nested: { url: ['pass"word\nof-two-lines'] },
    });
    expect(lines.join("")).not.toMatch(/word|two-lines/);
  });

  test("what is no JSON is told and does not throw", () => {
    const lines: string[] = [];
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    logTo(lines).log("info", "m", { circle });
    logTo(lines).log("info", "m", { big: 2n ** 60n });
    expect(lines[0]).toContain("write a log line: ");
    expect(lines[1]).toContain('"big":"1152921504606846976"');
  });
});

describe("log buffer", () => {
  test("keeps the last lines, without their line feeds", () => {
    const buffer = createLogBuffer(3);
    for (let number = 0; number < 20; number++) buffer.add(`${number}\n`);
    expect(buffer.recent()).toEqual(["17", "18", "19"]);
    expect(buffer.recent(1)).toEqual(["19"]);
    expect(buffer.recent(0)).toEqual([]);
  });

  test("tells lines as they come until that is ended", () => {
    const buffer = createLogBuffer();
    const seen: string[] = [];
    const end = buffer.subscribe((line) => seen.push(line));
    buffer.add("one");
    end();
    buffer.add("two");
    expect(seen).toEqual(["one"]);
  });
});

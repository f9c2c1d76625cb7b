import { expect, test } from "vitest";
import { formatLogLine, parseLogLine, type LogFilter } from "./log-line.ts";

const all: LogFilter = { level: undefined, kind: undefined, name: undefined, namespace: undefined };
const entry = {
  ts: "2026-08-02T12:56:34.961Z",
  level: "error",
  msg: "build failed",
  error: "no such file",
  controllerKind: "Kustomization",
  name: "podinfo",
  namespace: "flux-system",
};
const line = "2026-08-02T12:56:34.961Z error Kustomization/podinfo.flux-system - build failed no such file\n";

test.each([
  { name: "everything", filter: all, want: line },
  { name: "the level", filter: { ...all, level: "error" }, want: line },
  { name: "another level", filter: { ...all, level: "info" }, want: undefined },
  { name: "the kind, in any case", filter: { ...all, kind: "kustomization" }, want: line },
  { name: "another kind", filter: { ...all, kind: "GitRepository" }, want: undefined },
  { name: "another name", filter: { ...all, name: "app" }, want: undefined },
  { name: "the namespace", filter: { ...all, namespace: "flux-system" }, want: line },
  { name: "another namespace", filter: { ...all, namespace: "default" }, want: undefined },
])("$name", ({ filter, want }) => {
  expect(formatLogLine(entry, filter)).toBe(want);
});

test("an entry about no object", () => {
  expect(formatLogLine({ ts: "t", level: "info", msg: "server started" }, all)).toBe("t info  - server started \n");
});

test("what is no JSON object is no entry", () => {
  expect(parseLogLine("panic: oops")).toBeUndefined();
  expect(parseLogLine("{half")).toBeUndefined();
  expect(parseLogLine('{"msg":"a"}')).toEqual({ msg: "a" });
});

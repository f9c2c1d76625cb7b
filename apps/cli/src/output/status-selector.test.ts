import { expect, test } from "vitest";
import { parseStatusSelector } from "./status-selector.ts";

const object = (status: string | undefined) => ({
  apiVersion: "v1",
  kind: "K",
  metadata: { name: "n" },
  ...(status === undefined ? {} : { status: { conditions: [{ type: "Ready", status }] } }),
});

test.each([
  { selector: "ready=true", status: "True", want: true },
  { selector: "Ready=False", status: "True", want: false },
  { selector: "ready=false", status: undefined, want: false },
  { selector: "ready!=true", status: undefined, want: true },
  { selector: "ready!=true", status: "Unknown", want: true },
  { selector: "ready!=true", status: "True", want: false },
  { selector: "stalled=true", status: "True", want: false },
])("$selector of an object whose Ready is $status: $want", ({ selector, status, want }) => {
  expect(parseStatusSelector(selector)(object(status))).toBe(want);
});

test("another form is refused in Flux's words", () => {
  expect(() => parseStatusSelector("ready")).toThrow(
    "expected status selector in type=status or type!=status format, but found: ready",
  );
});

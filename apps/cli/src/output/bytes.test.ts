import { expect, test } from "vitest";
import { formatBytes } from "./bytes.ts";

test.each([
  [1, "1 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1536, "1.5 KiB"],
  [1024 * 1024 - 1, "1024.0 KiB"],
  [1024 * 1024, "1.0 MiB"],
  [5 * 1024 ** 3, "5.0 GiB"],
])("%d bytes", (bytes, want) => {
  expect(formatBytes(bytes)).toBe(want);
});

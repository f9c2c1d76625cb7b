import { expect, test } from "vitest";
import { parseServer } from "../transport/server-address.ts";
import { pemOf } from "./kubeconfig-fields.ts";

const many = 1_000_000;

test("certificates that are no base64 are refused in linear time", () => {
  const body = { "certificate-authority-data": `a${" ".repeat(many)}!` };
  expect(() => pemOf(body, "certificate-authority-data")).toThrow("want base64");
  expect(pemOf({ ca: " YW\nI= \n" }, "ca")).toBe("ab");
});

test("servers with many slashes are read in linear time", () => {
  expect(parseServer(`https://example.org/${"/".repeat(many)}a`).prefix).toHaveLength(many + 2);
});

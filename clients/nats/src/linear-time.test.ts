import { expect, test } from "vitest";
import { readCredentials } from "./nkey.ts";

test("credentials that are only a line are refused in linear time", () => {
  expect(() => readCredentials("-".repeat(1_000_000))).toThrow("there is no NATS USER JWT");
});

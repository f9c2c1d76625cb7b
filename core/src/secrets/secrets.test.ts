import { expect, it } from "vitest";
import { createMasker } from "./index.ts";

it("masks registered text, its trimmed and its base64 form, longest first", () => {
  const masker = createMasker();
  masker.register("hunter2-password\n");
  masker.register("hunter2-password-long");
  expect(masker.mask("a hunter2-password-long b hunter2-password c")).toBe("a ***** b ***** c");
  expect(masker.mask(`x ${Buffer.from("hunter2-password\n").toString("base64")}`)).toBe("x *****");
});

it("ignores text too short to be told from ordinary words", () => {
  const masker = createMasker();
  masker.register("true");
  expect(masker.mask("true story")).toBe("true story");
});

import { describe, expect, it, test } from "vitest";
import { createMasker } from "./index.ts";

describe("a masker", () => {
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

  test.each([
    ["a quote", 'quo"ted secret 12345', (text: string) => JSON.stringify(text)],
    ["a backslash", "back\\slash secret 12345", (text: string) => JSON.stringify(text)],
    ["several lines", "line one of the secret\nline two of the secret\n", (text: string) => JSON.stringify(text)],
    [
      "Go's JSON",
      "a<b>&c-secret",
      (text: string) => text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
    ],
    ["a URL", "p@ss word/secret", encodeURIComponent],
    ["base64 of a URL", "secret?>secret?>secret", (text: string) => Buffer.from(text).toString("base64url")],
    [
      "one line of several",
      "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----",
      () => "MIIEvQIBADANBgkqhkiG9w0",
    ],
  ])("masks what is quoted: %s", (_, secret, quote) => {
    const masker = createMasker();
    masker.register(secret);
    expect(masker.mask(`Invalid value: ${quote(secret)}`)).toMatch(/^Invalid value: "?\*{5}"?$/);
  });

  it("leaves lines that every key has", () => {
    const masker = createMasker();
    masker.register("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END PRIVATE KEY-----\n");
    expect(masker.mask("want -----BEGIN PRIVATE KEY-----")).toBe("want -----BEGIN PRIVATE KEY-----");
  });

  it("keeps the secrets of namespaces apart, and masks all of them in what is nobody's", () => {
    const masker = createMasker();
    masker.of("one").register("webapp-production");
    masker.register("token-of-the-process");
    const text = "webapp-production token-of-the-process";
    expect(masker.of("one").mask(text)).toBe("***** *****");
    expect(masker.of("two").mask(text)).toBe("webapp-production *****");
    expect(masker.mask(text)).toBe("***** *****");
  });

  it("does not mask what is part of a name that anybody can read", () => {
    const masker = createMasker().of("one");
    masker.register("webapp");
    masker.register("hunter2-password");
    masker.reveal("webapp-db", undefined);
    expect(masker.mask("Secret/one/webapp-db: hunter2-password")).toBe("Secret/one/webapp-db: *****");
  });

  it("forgets the oldest beyond ten thousand, and takes long values by their lines", () => {
    const masker = createMasker().of("one");
    const long = `${"x".repeat(20_000)}\n the secret line of a long value \n`;
    masker.register(long);
    expect(masker.mask("has the secret line of a long value in it")).toBe("has ***** in it");
    for (let number = 0; number < 10_000; number++) masker.register(`secret number ${number}`);
    expect(masker.mask("the secret line of a long value, secret number 9999")).toBe(
      "the secret line of a long value, *****",
    );
  });
});

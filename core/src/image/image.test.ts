import fc from "fast-check";
import { EddyError } from "../errors/index.ts";
import { describe, expect, test } from "vitest";
import { canonicalNameOf, formatImage, parseImage } from "./index.ts";

const digest = `sha256:${"deadb33f".repeat(8)}`;

describe("parseImage", () => {
  test.each([
    ["nginx", { name: "nginx" }],
    ["nginx:1.25", { name: "nginx", tag: "1.25" }],
    ["docker.io/library/nginx:1.25", { name: "docker.io/library/nginx", tag: "1.25" }],
    ["localhost:5000/app", { name: "localhost:5000/app" }],
    ["localhost:5000/app:v1", { name: "localhost:5000/app", tag: "v1" }],
    [`ghcr.io/org/app@${digest}`, { name: "ghcr.io/org/app", digest }],
    [`ghcr.io/org/app:v1@${digest}`, { name: "ghcr.io/org/app", tag: "v1", digest }],
    ["[::1]:5000/app:1", { name: "[::1]:5000/app", tag: "1" }],
  ])("%s", (text, want) => {
    expect(parseImage(text)).toEqual(want);
    expect(formatImage(parseImage(text))).toBe(text);
  });

  test.each([
    "",
    ":1",
    "nginx:",
    "nginx:a b",
    "NGINX",
    `nginx:${"t".repeat(129)}`,
    "nginx@sha256:dead",
    `@${digest}`,
    `nginx:\u0007@${digest}`,
  ])("%j is none", (text) => expect(() => parseImage(text)).toThrow(expect.objectContaining({ code: "OCI_NAME" })));

  test("what is read is written back as it was", () => {
    fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => writtenBack(text) === text));
  });
});

/** What is no image is given back, so that one comparison does for both. */
function writtenBack(text: string): string {
  try {
    return formatImage(parseImage(text));
  } catch (error) {
    return error instanceof EddyError && error.code === "OCI_NAME" ? text : "another error";
  }
}

test.each([
  ["nginx", "index.docker.io/library/nginx"],
  ["library/nginx", "index.docker.io/library/nginx"],
  ["docker.io/nginx", "index.docker.io/library/nginx"],
  ["index.docker.io/library/nginx", "index.docker.io/library/nginx"],
  ["org/app", "index.docker.io/org/app"],
  ["ghcr.io/org/app", "ghcr.io/org/app"],
  ["localhost:5000/app", "localhost:5000/app"],
])("canonicalNameOf(%s) is %s", (name, want) => expect(canonicalNameOf(name)).toBe(want));

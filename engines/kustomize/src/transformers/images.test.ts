import { expect, test } from "vitest";
import { splitImage } from "./images.ts";

test.each([
  ["nginx", "nginx", "", ""],
  ["nginx:1", "nginx", "1", ""],
  ["registry:5000/a/b", "registry:5000/a/b", "", ""],
  ["registry:5000/a/b:v1", "registry:5000/a/b", "v1", ""],
  ["a/b@sha256:0", "a/b", "", "sha256:0"],
  ["a/b:v1@sha256:0", "a/b", "v1", "sha256:0"],
])("splitImage %s", (text, name, tag, digest) => expect(splitImage(text)).toEqual({ name, tag, digest }));

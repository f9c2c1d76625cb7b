import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowsPlainHttp, formatReference, parseDigestReference, parseReference, parseRepository } from "./index.ts";

const digest = `sha256:${"deadb33f".repeat(8)}`;

describe("references", () => {
  test.each([
    ["ubuntu", "index.docker.io/library/ubuntu:latest"],
    ["docker.io/library/nginx:1.2", "index.docker.io/library/nginx:1.2"],
    ["library/ubuntu", "index.docker.io/library/ubuntu:latest"],
    ["a/b/c", "index.docker.io/a/b/c:latest"],
    ["localhost:5000/app", "localhost:5000/app:latest"],
    ["localhost/app", "index.docker.io/localhost/app:latest"],
    ["domain.with.port:9001/image:latest", "domain.with.port:9001/image:latest"],
    ["gcr.io/project-id/image:w1th-alpha_num3ric.PLUScaps", "gcr.io/project-id/image:w1th-alpha_num3ric.PLUScaps"],
    ["[::1]:5000/app:1", "[::1]:5000/app:1"],
    [`gcr.io/g/hello@${digest}`, `gcr.io/g/hello@${digest}`],
    [`example.text:8443/foo/bar:latest@${digest}`, `example.text:8443/foo/bar@${digest}`],
  ])("%s is %s", (text, want) => {
    expect(formatReference(parseReference(text))).toBe(want);
  });

  test.each([
    "gcr.io/project-id/bad_chars:c@n'tuse",
    "gcr.io/project-id/wrong-length:white space",
    `gcr.io/project-id/too-many-chars:${"t".repeat(129)}`,
    "library/ubuntu:",
    "gcr.io/project-id/unknown-alg@unknown:abc123",
    "gcr.io/project-id/wrong-length@sha256:d34db33fd34db33f",
    "gcr.io/project-id/missing-digest@",
    `repo@sha256:${digest}@${digest}`,
    `library/nginx:@${digest}`,
    "white space.io/app",
    "gcr?.io/app",
    "UPPER/case",
    "",
    "a",
  ])("%s is none", (text) => {
    expect(() => parseReference(text)).toThrow(`could not parse reference: ${text}`);
  });

  test.each<[string, string]>([
    ["", "a repository name must be specified"],
    ["a", "repository must be between 2 and 255 characters in length: a"],
    ["Org/app", "repository can only contain the characters `abcdefghijklmnopqrstuvwxyz0123456789_-./`: Org/app"],
    ["a b.io/app", "registries must be valid RFC 3986 URI authorities: a b.io"],
  ])("repository %j: %s", (text, message) => {
    expect(() => parseRepository(text)).toThrow(message);
  });

  test.each<[string, string]>([
    ["app", "a digest must contain exactly one '@' separator (e.g. registry/repository@digest) saw: app"],
    ["app@sha512:ab", "unsupported digest algorithm: sha512:ab"],
    ["app@sha256:ab", "invalid checksum digest length"],
    [`app@sha256:${"Z".repeat(64)}`, "invalid checksum digest format"],
  ])("digest %j: %s", (text, message) => {
    expect(() => parseDigestReference(text)).toThrow(message);
  });

  test.each<[string, boolean]>([
    ["index.docker.io", false],
    ["10.2.3.4:5000", true],
    ["8.8.8.8", false],
    ["172.16.3.4:3000", true],
    ["172.32.3.4:3000", false],
    ["192.168.3.4", true],
    ["10.256.0.0:5000", false],
    ["foo.svc.localhost:1234", true],
    ["foo.svc.local:1234", false],
    ["registry.local", false],
    ["127.0.0.1:1234", true],
    ["[::1]:1234", true],
    ["localhost:8080", true],
    ["localhost", false],
  ])("plain HTTP to %s: %s", (registry, want) => {
    expect(allowsPlainHttp({ registry, insecure: false })).toBe(want);
    expect(allowsPlainHttp({ registry, insecure: true })).toBe(true);
  });

  test("whatever is read reads the same once written", () => {
    const parsed = (text: string): string | undefined => {
      try {
        return formatReference(parseReference(text));
      } catch (error) {
        if (String(error).includes("could not parse reference")) return undefined;
        throw error;
      }
    };
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab.:/@-_0 sha256[]") }), (text) => {
        const once = parsed(text);
        return once === undefined || parsed(once) === once;
      }),
    );
  });
});

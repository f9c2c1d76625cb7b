import { describe, expect, it } from "vitest";
import { checkLockFile, problemsOf, type LockedPackage } from "./check-lock-file.ts";

const integrity = `sha512-${"A".repeat(86)}==`;

describe("the lock file", () => {
  it("pins every package to its content, and none runs a script", () => expect(checkLockFile()).toEqual([]));

  it.each<[string, LockedPackage, string]>([
    ["without a digest", {}, "has no SHA-512 of its content"],
    ["with a weak digest", { integrity: "sha1-AAAA" }, "has no SHA-512 of its content"],
    [
      "from elsewhere",
      { integrity, resolved: "git+ssh://git@example.com/x.git" },
      'comes from "git+ssh://git@example.com/x.git", want the registry',
    ],
    ["with an install script", { integrity, hasInstallScript: true }, "runs a script when it is installed"],
  ])("a package %s is told", (_, locked, why) => {
    const packages = { "": {}, core: {}, "node_modules/@eddy/core": { link: true }, "node_modules/x": locked };
    expect(problemsOf({ lockfileVersion: 3, packages })).toEqual([`package-lock.json: node_modules/x ${why}`]);
  });

  it("a package in a workspace's own folder is looked at like the others", () => {
    expect(problemsOf({ lockfileVersion: 3, packages: { "apps/cli/node_modules/x": {} } })).toEqual([
      "package-lock.json: apps/cli/node_modules/x has no SHA-512 of its content",
    ]);
  });

  it("an older format, which has fewer digests, is told", () => {
    expect(problemsOf({ lockfileVersion: 1, packages: {} })).toEqual(["package-lock.json: version 1, want 3"]);
  });
});

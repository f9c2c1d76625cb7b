import { readFileSync } from "node:fs";
import { kinds } from "@eddy/api";
import { describe, expect, test } from "vitest";
import { flagSpecsOf } from "./command/fill-command.ts";
import { globalFlagSpecs } from "./command/global-flags.ts";
import { registry } from "./registry.ts";
import { eddyVersion } from "./version.ts";

const writing = ["release", "automate", "deautomate", "lock", "unlock", "policy"];
/** Flags that mean something else than everywhere, as in Flux: the token of a webhook, who a commit is by. */
const shadowing: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(writing.flatMap((verb) => [verb, `fluxctl ${verb}`].map((path) => [path, ["user"]]))),
  "create secret receiver": ["token"],
  "trigger receiver": ["token"],
};
/** The first command that is loaded brings the whole program with it. */
const loadTimeoutMs = 60_000;

describe("every command", () => {
  test.each(registry)("$path", { timeout: loadTimeoutMs }, async (entry) => {
    const command = await entry.load();
    expect(command.path).toEqual(entry.path);
    expect(command.examples.length).toBeGreaterThan(0);
    const own = flagSpecsOf(command);
    const clashes = Object.keys(own).filter((name) => name in globalFlagSpecs);
    expect(clashes).toEqual(shadowing[entry.path.join(" ")] ?? []);
    const shorts = [...Object.values(own), ...Object.values(globalFlagSpecs)].flatMap((spec) => spec.short ?? []);
    expect(new Set(shorts).size).toBe(shorts.length);
  });

  test("flags of the same name mean the same for every kind of a verb", async () => {
    for (const entry of registry) {
      const command = await entry.load();
      const forms = new Map<string, string>();
      for (const kind of kinds) {
        for (const [name, spec] of Object.entries(command.kinds?.flagsOf?.(kind) ?? {})) {
          expect(forms.get(name) ?? spec.form).toBe(spec.form);
          forms.set(name, spec.form);
        }
      }
    }
  });
});

test("the version is the package's", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  expect(eddyVersion).toBe(manifest.version);
});

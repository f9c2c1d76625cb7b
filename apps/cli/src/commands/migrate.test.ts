import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gitRepositoryKind } from "@eddy/api";
import { valueAt } from "@eddy/core/object";
import { refTo } from "../cluster/objects.ts";
import { planMigration, writeMigration, type FileMigration } from "../migrate/migrate-files.ts";
import { targetVersions } from "../migrate/target-versions.ts";
import { runWords, startCliBed, type CliBed } from "../testing/cli-bed.ts";

const old = "# kept\napiVersion: source.toolkit.fluxcd.io/v1beta2\nkind: GitRepository\nmetadata: { name: a }\n";
const now = old.replace("v1beta2", "v1");
const binary = Buffer.concat([Buffer.from(old), Buffer.from([0xff, 0xfe, 0x0a])]);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-migrate-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function folder(name: string, files: Record<string, string | Buffer>): string {
  const path = join(dir, name);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(path, file, ".."), { recursive: true });
    writeFileSync(join(path, file), content);
  }
  return path;
}

test("files are rewritten, and nothing else is", async () => {
  const path = folder("all", {
    "a.yaml": old,
    "b/c.yml": old,
    "b/d.tpl": old,
    ".git/x.yaml": old,
    "bytes.yaml": binary,
    "new.yaml": now,
    "secret.yaml": `${old}sops:\n  mac: x\n`,
  });
  chmodSync(join(path, "a.yaml"), 0o640);
  symlinkSync(join(path, "a.yaml"), join(path, "link.yaml"));
  const { code, stderr } = await runWords(["migrate", "-f", path, "--yes"]);
  expect(stderr).toBe(
    `► starting migration of custom resources
⚠️ skipping irregular file ${path}/link.yaml
⚠️ skipping encrypted file ${path}/secret.yaml: decrypt it first, \`eddy secret edit ${path}/secret.yaml\`
✚ ${path}/a.yaml:2: GitRepository v1beta2 -> v1
✚ ${path}/b/c.yml:2: GitRepository v1beta2 -> v1
✚ ${path}/bytes.yaml:2: GitRepository v1beta2 -> v1
✔ file ${path}/a.yaml migrated successfully
✔ file ${path}/b/c.yml migrated successfully
✔ file ${path}/bytes.yaml migrated successfully
✔ custom resources migrated successfully
`,
  );
  expect(code).toBe(0);
  const read = (file: string): string => readFileSync(join(path, file), "latin1");
  expect([read("a.yaml"), read("b/c.yml"), read("b/d.tpl"), read(".git/x.yaml")]).toEqual([now, now, old, old]);
  expect(read("bytes.yaml")).toBe(binary.toString("latin1").replace("v1beta2", "v1"));
  expect(statSync(join(path, "a.yaml")).mode & 0o777).toBe(0o640);
  const again = await runWords(["migrate", "-f", path, "--yes"]);
  expect(again.stderr).toContain("✔ no custom resources found that require migration\n");
});

test.each([
  ["--dry-run", 0, "✔ dry-run mode enabled, no changes will be made", {}],
  ["", 1, "✗ aborting", {}],
  ["", 1, "✗ aborting", { confirm: false }],
])("migrate -f %s changes nothing where it is not to", async (words, want, message, options) => {
  const path = folder("asked", { "a.yaml": old });
  const { code, stderr } = await runWords(
    ["migrate", "-f", join(path, "a.yaml"), ...words.split(" ").filter(Boolean)],
    options,
  );
  expect(code).toBe(want);
  expect(stderr).toContain(message);
  expect(readFileSync(join(path, "a.yaml"), "utf8")).toBe(old);
});

test("asked and answered with yes", async () => {
  const path = folder("confirmed", { "a.tpl": old });
  const { code } = await runWords(["migrate", "-f", path, "-e", ".tpl"], { confirm: true });
  expect(code).toBe(0);
  expect(readFileSync(join(path, "a.tpl"), "utf8")).toBe(now);
});

test.each([
  [["-f", "/nowhere/at/all"], "failed to stat path /nowhere/at/all"],
  [["-f", "@a.txt"], "does not match the specified extensions: .yaml, .yml"],
  [["-f", "@link.yaml"], "is irregular"],
  [["-f", "@a.txt", "--version", "3.0"], "version 3.0 is not supported, supported versions are: 2.9, 2.8, 2.7, 2.6"],
])("migrate %j is refused", async (words, message) => {
  const path = folder("refused", { "a.txt": old });
  rmSync(join(path, "link.yaml"), { force: true });
  symlinkSync("a.txt", join(path, "link.yaml"));
  const { code, stderr } = await runWords(["migrate", ...words.map((word) => word.replace("@", `${path}/`))]);
  expect(code).toBe(1);
  expect(stderr).toContain(message);
});

test("a file that somebody wrote meanwhile is not written", async () => {
  const path = join(folder("meanwhile", { "a.yaml": old }), "a.yaml");
  const { files } = await planMigration(path, [".yaml"], targetVersions(undefined));
  writeFileSync(path, `${old}# mine\n`);
  await expect(writeMigration(files[0] as FileMigration)).rejects.toThrow("it was changed meanwhile");
  expect(readFileSync(path, "utf8")).toBe(`${old}# mine\n`);
});

test("objects in the cluster are stored in the current version", async () => {
  const bed: CliBed = await startCliBed();
  try {
    await bed.namespace("migrate");
    const ref = refTo(gitRepositoryKind, "migrate", "a");
    await bed.kube.apply(
      {
        apiVersion: "source.toolkit.fluxcd.io/v1beta2",
        kind: "GitRepository",
        metadata: { name: "a", namespace: "migrate" },
        spec: { interval: "1m", url: "https://example.com/a" },
      } as never,
      { fieldManager: "old" },
    );
    const crd = {
      group: "apiextensions.k8s.io",
      kind: "CustomResourceDefinition",
      namespace: "",
      name: "gitrepositories.source.toolkit.fluxcd.io",
    };
    await bed.kube.patch(crd, "merge", { status: { storedVersions: ["v1beta2", "v1"] } }, { subresource: "status" });
    const { code, stderr } = await bed.run("migrate", "migrate");
    expect(stderr).toBe(
      `► starting migration of custom resources
✔ GitRepository/migrate/a migrated to version v1
✔ gitrepositories.source.toolkit.fluxcd.io migrated to storage version v1
✔ custom resources migrated successfully
`,
    );
    expect(code).toBe(0);
    expect(valueAt(await bed.kube.get(crd), "status", "storedVersions")).toEqual(["v1"]);
    const managers = (await bed.kube.get(ref)).metadata.managedFields ?? [];
    expect(managers.map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
      ["old", "source.toolkit.fluxcd.io/v1"],
    ]);
  } finally {
    await bed.stop();
  }
});

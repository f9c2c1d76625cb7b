import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runWords, startCliBed, type CliBed, type CliRun } from "../../testing/cli-bed.ts";

const files = {
  "Chart.yaml": "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: '7'\n",
  "values.yaml": "text: hello\n",
  "templates/config.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}" }
data: { text: "{{ .Values.text }}" }
`,
  "templates/test.yaml": `apiVersion: v1
kind: ConfigMap
metadata: { name: "{{ .Release.Name }}-test", annotations: { helm.sh/hook: test } }
`,
  "templates/NOTES.txt": "Thanks for {{ .Release.Name }}\n",
};
const folder = mkdtempSync(join(tmpdir(), "eddy-helm-"));
const chart = join(folder, "demo");
let bed: CliBed;
beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(chart, name)), { recursive: true });
    writeFileSync(join(chart, name), text);
  }
  bed = await startCliBed();
});
afterAll(async () => {
  await bed.stop();
  rmSync(folder, { recursive: true });
});

const times = (text: string): string =>
  text
    .replace(/[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}/g, "DATE")
    .replace(/\d{4}-\d\d-\d\d[T ][\d:]{8}(\.\d+)?(Z| \+0000 UTC)/g, "TIME")
    .replace(/UPDATED +/g, "UPDATED");
const helm = async (namespace: string, words: string): Promise<CliRun> => {
  const run = await bed.run(namespace, `helm ${words.replaceAll("CHART", chart)}`);
  return { ...run, stdout: times(run.stdout) };
};

describe("a release", () => {
  test("is installed, upgraded, rolled back, read and uninstalled", async () => {
    const ns = await bed.namespace("life");
    expect(await helm(ns, "install web CHART --set text=one --labels team=a")).toEqual({
      code: 0,
      stderr: "",
      stdout:
        "NAME: web\nLAST DEPLOYED: DATE\nNAMESPACE: life\nSTATUS: deployed\nREVISION: 1\nDESCRIPTION: Install complete\n" +
        "NOTES:\nThanks for web\n",
    });
    expect((await helm(ns, "upgrade web CHART --reuse-values --set text=two -o json")).stdout).toMatch(
      /^\{"name":"web","info":\{"first_deployed":"TIME","last_deployed":"TIME","description":"Upgrade complete",/,
    );
    expect((await helm(ns, "rollback web")).stdout).toBe("Rollback was a success! Happy Helming!\n");
    expect((await helm(ns, "history web")).stdout).toBe(
      [
        "REVISION\tUPDATED\tSTATUS    \tCHART     \tAPP VERSION\tDESCRIPTION     ",
        "1       \tDATE\tsuperseded\tdemo-1.2.3\t7          \tInstall complete",
        "2       \tDATE\tsuperseded\tdemo-1.2.3\t7          \tUpgrade complete",
        "3       \tDATE\tdeployed  \tdemo-1.2.3\t7          \tRollback to 1   \n",
      ].join("\n"),
    );
    expect((await helm(ns, "list -o json")).stdout).toBe(
      '[{"name":"web","namespace":"life","revision":"3","updated":"TIME","status":"deployed","chart":"demo-1.2.3",' +
        '"app_version":"7"}]\n',
    );
    expect((await helm(ns, "list --time-format Jan._2|-07:00.MST")).stdout).toMatch(
      /\t[A-Z][a-z]{2}\.[ \d]\d\|\+00:00\.UTC\t/,
    );
    expect((await helm(ns, "get values web")).stdout).toBe("USER-SUPPLIED VALUES:\ntext: one\n");
    expect((await helm(ns, "get values web --all -o json --revision 2")).stdout).toBe('{"text":"two"}\n');
    expect((await helm(ns, "get metadata web")).stdout).toContain("LABELS: team=a\n");
    expect((await helm(ns, "status web")).stdout).toMatch(
      /RESOURCES:\n==> v1\/ConfigMap\nNAME {3}DATA {3}AGE\nweb {4}1 {6}\d+s\n/,
    );
    expect((await helm(ns, "test web")).stdout).toMatch(/TEST SUITE: {5}web-test\n.*\n.*\nPhase: {10}Succeeded\n/);
    expect((await helm(ns, "uninstall web")).stdout).toBe('release "web" uninstalled\n');
    expect((await helm(ns, "list -q -A")).stdout).toBe("");
  });

  test("is installed by an upgrade, and not touched by a dry-run", async () => {
    const ns = await bed.namespace("upserted");
    const { stdout } = await helm(ns, "upgrade --install web CHART --set-string text=012");
    expect(stdout).toMatch(/^Release "web" does not exist\. Installing it now\.\nNAME: web\n/);
    const dry = await helm(ns, "upgrade web CHART --dry-run=server --set text=dry");
    expect(dry.stdout).toContain("STATUS: pending-upgrade\nREVISION: 2\nDESCRIPTION: Dry run complete\n");
    expect(dry.stdout).toContain('data: { text: "dry" }');
    expect((await helm(ns, "get values web")).stdout).toBe('USER-SUPPLIED VALUES:\ntext: "012"\n');
  });
});

test.each([
  ["sql", "the driver sql is not supported: releases are kept in the cluster; want secret or configmap in HELM_DRIVER"],
  ["memory", "the driver memory forgets a release with the command that made it"],
  ["disk", 'unknown driver "disk"'],
])("the storage %s is refused", async (HELM_DRIVER, message) => {
  const { code, stderr } = await runWords(["--kubeconfig", bed.kubeconfig, "helm", "list"], { env: { HELM_DRIVER } });
  expect(stderr).toContain(`Error: open storage: ${message}`);
  expect(code).toBe(1);
});

test("a chart is rendered with what the cluster serves and has, and written to nobody", async () => {
  const ns = await bed.namespace("validated");
  const path = join(folder, "asks");
  mkdirSync(join(path, "templates"), { recursive: true });
  writeFileSync(join(path, "Chart.yaml"), "apiVersion: v2\nname: asks\nversion: 1.0.0\n");
  const seen =
    '{{ (lookup "v1" "Namespace" "" .Release.Namespace).metadata.name }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}';
  const object = (name: string, kind = "ConfigMap"): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name} }\ndata: { seen: "${seen.replaceAll('"', "`")}" }\n`;
  writeFileSync(join(path, "templates/a.yaml"), object("asked"));
  for (const flag of ["--validate", "--dry-run=server"])
    expect((await helm(ns, `template r ${path} ${flag}`)).stdout).toContain("validated true");
  expect((await helm(ns, `template r ${path}`)).stdout).not.toContain("validated true");
  await bed.kube.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "asked", namespace: ns } });
  const owned = await helm(ns, `template r ${path} --validate`);
  expect(owned.stderr).toMatch(
    /^Error: unable to continue with install: ConfigMap "asked" in namespace "validated" exists/,
  );
  expect((await helm(ns, `template r ${path} --validate --is-upgrade`)).code).toBe(0);
  writeFileSync(join(path, "templates/a.yaml"), object("asked", "Nothing"));
  const unknown = await helm(ns, `template r ${path} --validate`);
  expect(unknown.stderr).toContain('no matches for kind "Nothing" in version "v1"');
});

test.each([
  ["install web CHART --generate-name", "INSTALLATION FAILED: cannot set --generate-name and also specify a name"],
  ["install web ./nowhere", 'INSTALLATION FAILED: path "./nowhere" not found'],
  ["install Web CHART", /^INSTALLATION FAILED: release name check failed: release name "Web": invalid release name/],
  ["install web CHART --set a[x]=1", /^INSTALLATION FAILED: failed parsing --set data: /],
  ["install web CHART -f nowhere.yaml", "INSTALLATION FAILED: open nowhere.yaml: no such file or directory"],
  [
    "install web CHART --post-renderer x",
    'INSTALLATION FAILED: unable to find binary at x: exec: "x": executable file not found in $PATH',
  ],
  ["install web CHART --force-replace --force-conflicts", /^INSTALLATION FAILED: if any flags in the group/],
  ["upgrade web CHART", 'UPGRADE FAILED: "web" has no deployed releases'],
  ["rollback web x", 'could not convert revision to a number: strconv.Atoi: parsing "x": invalid syntax'],
  ["uninstall web", "uninstall: Release not loaded: web: release: not found"],
  ["uninstall web --cascade never", /^invalid cascade value \(never\)/],
  ["history web", "release: not found"],
  ["list -f (", /missing closing/],
])("eddy helm %s is refused", async (words, want) => {
  const { code, stdout, stderr } = await helm("default", words);
  expect([code, stdout]).toEqual([1, ""]);
  const message = /^Error: (.*)/.exec(stderr)?.[1] ?? stderr;
  expect(message).toMatch(want);
});

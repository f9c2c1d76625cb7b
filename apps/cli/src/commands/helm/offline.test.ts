import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { load } from "@eddy/goyaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliRun, runWords } from "../../testing/cli-bed.ts";

let dir: string;
let sequence = 0;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-helm-offline-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const metadata = (name: string, more = ""): string =>
  `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nicon: https://example.com/i.png\n${more}`;
const configMap =
  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  text: {{ .Values.text | quote }}\n";

/** A folder with these files. */
function folder(files: Record<string, string>): string {
  const root = join(dir, `chart-${sequence++}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const web = (): string =>
  folder({
    "Chart.yaml": metadata("web"),
    "values.yaml": "text: default\n",
    "README.md": "# Web\n",
    "templates/a.yaml": configMap,
    "templates/test.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\n",
    "crds/c.yaml": "kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n",
  });

const helm = (...words: string[]): Promise<CliRun> => runWords(["helm", ...words]);

describe("helm template", () => {
  test("prints what Helm prints, hooks behind", async () => {
    const { code, stdout } = await helm("template", "r", web(), "--set", "text=x");
    expect(code).toBe(0);
    expect(stdout).toBe(
      `---\n# Source: web/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: r\ndata:\n  text: "x"\n` +
        `---\n# Source: web/templates/test.yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: t\n  annotations: {helm.sh/hook: test}\n\n`,
    );
  });

  test.each<[string, string[], string[], string[]]>([
    ["a name of its own", [], ["name: release-name"], []],
    ["Helm 3's separators", ["--dialect", "helm3"], ['text: "default"\n---'], []],
    ["no tests", ["--skip-tests"], ["ConfigMap"], ["kind: Pod"]],
    ["no hooks", ["--no-hooks"], ["ConfigMap"], ["kind: Pod"]],
    ["CRDs", ["--include-crds"], ["web/crds/c.yaml"], []],
    ["one file", ["-s", "templates/test.yaml"], ["kind: Pod"], ["ConfigMap"]],
  ])("%s", async (_, words, wanted, unwanted) => {
    const { stdout } = await helm("template", web(), ...words);
    for (const part of wanted) expect(stdout).toContain(part);
    for (const part of unwanted) expect(stdout).not.toContain(part);
  });

  test("writes files", async () => {
    const out = join(dir, "out");
    const { stdout } = await helm("template", "r", web(), "--output-dir", out);
    expect(stdout).toContain(`wrote ${out}/web/templates/a.yaml`);
    expect(readFileSync(join(out, "web/templates/a.yaml"), "utf8")).toContain("name: r");
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "a template that fails",
      { "templates/x.yaml": '{{ fail "no" }}' },
      "Error: execution error at (web/templates/x.yaml:1:3): no\n\nUse --debug flag to render out invalid YAML\n",
    ],
    ["a library", { "Chart.yaml": metadata("web", "type: library\n") }, "Error: library charts are not installable\n"],
    [
      "a dependency that is missing",
      { "Chart.yaml": metadata("web", "dependencies: [{name: x, version: 1.0.0}]\n") },
      "missing in charts/ directory: x\n",
    ],
  ])("%s is refused", async (_, files, message) => {
    const { code, stderr } = await helm("template", folder({ "Chart.yaml": metadata("web"), ...files }));
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });
});

describe("helm lint", () => {
  test("finds nothing wrong", async () => {
    const path = web();
    expect(await helm("lint", path)).toMatchObject({
      code: 0,
      stdout: `==> Linting ${path}\n\n1 chart(s) linted, 0 chart(s) failed\n`,
    });
  });

  test("finds what is wrong", async () => {
    const path = folder({
      "Chart.yaml": "name: web\nversion: x\n",
      "templates/a.yaml": " a: b: c\n",
      "templates/b.sh": "",
    });
    const { code, stdout, stderr } = await helm("lint", path);
    for (const line of [
      '[ERROR] Chart.yaml: apiVersion is required. The value must be either "v1" or "v2"',
      "[ERROR] Chart.yaml: version 'x' is not a valid SemVer",
      "[INFO] Chart.yaml: icon is recommended",
      "[INFO] values.yaml: file does not exist",
    ])
      expect(stdout).toContain(line);
    expect(stderr).toContain("Error: 1 chart(s) linted, 1 chart(s) failed");
    expect(code).toBe(1);
  });
});

describe("helm show", () => {
  test.each([
    ["chart", "apiVersion: v2\nicon: https://example.com/i.png\nname: web\nversion: 1.0.0\n\n"],
    ["values", "text: default\n\n"],
    ["readme", "# Web\n\n"],
    ["crds", "---\nkind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\n\n"],
  ])("%s", async (part, want) => expect((await helm("show", part, web())).stdout).toBe(want));
});

describe("packages, dependencies and indexes", () => {
  test("a package can be rendered, and indexed", async () => {
    const out = join(dir, "repo");
    const packed = await helm("package", web(), "-d", out, "--version", "1.2.3", "--app-version", "9");
    expect(packed.stdout).toBe(`Successfully packaged chart and saved it to: ${out}/web-1.2.3.tgz\n`);
    expect((await helm("template", "r", join(out, "web-1.2.3.tgz"))).stdout).toContain("name: r");
    await helm("repo", "index", out, "--url", "https://charts.example.com");
    const index = load(readFileSync(join(out, "index.yaml"), "utf8"));
    expect(index).toMatchObject({
      apiVersion: "v1",
      entries: { web: [{ version: "1.2.3", appVersion: "9", urls: ["https://charts.example.com/web-1.2.3.tgz"] }] },
    });
  });

  test("dependencies in other folders are packed, locked and listed", async () => {
    const lib = folder({
      "Chart.yaml": metadata("lib"),
      "templates/l.yaml": configMap.replace("{{ .Release.Name }}", "lib"),
    });
    const wants = `dependencies:\n- {name: lib, version: ">=1.0.0", repository: "file://${lib}"}\n`;
    const app = folder({ "Chart.yaml": metadata("app", wants) });
    expect((await helm("dependency", "list", app)).stdout).toMatch(/^lib\s+>=1\.0\.0\s+file:\/\/\S+\s+missing/m);
    expect((await helm("dependency", "update", app)).stdout).toBe("Saving 1 charts\nDeleting outdated charts\n");
    expect((await helm("dependency", "list", app)).stdout).toMatch(/^lib\s.*\sok\s*$/m);
    expect((await helm("template", "r", app)).stdout).toContain("name: lib");
    expect((await helm("dependency", "build", app)).code).toBe(0);
    writeFileSync(join(app, "Chart.yaml"), metadata("app", wants.replace(">=1.0.0", ">=0.9.0")));
    expect((await helm("dependency", "build", app)).stderr).toContain("out of sync with the dependencies file");
  });
});

describe("helm install --dry-run=client", () => {
  const install = (...words: string[]): Promise<CliRun> =>
    runWords(["helm", "install", "r", web(), ...words], { env: { KUBECONFIG: join(dir, "nowhere") } });

  test.each([
    [[], "default"],
    [["-n", "team"], "team"],
  ])("needs no cluster and no kubeconfig, as in Helm 4: %j", async (words, namespace) => {
    const { code, stdout } = await install("--dry-run=client", ...words);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `NAMESPACE: ${namespace}\nSTATUS: pending-install\nREVISION: 1\nDESCRIPTION: Dry run complete\n`,
    );
    expect(stdout).toContain("kind: ConfigMap\nmetadata:\n  name: r\n");
  });

  test.each([[["--dry-run=server"]], [[]], [["--dry-run=client", "--kubeconfig", "/nowhere/kubeconfig"]]])(
    "what asks a cluster, or names one, does: %j",
    async (words) => {
      const { code, stderr } = await install(...words);
      expect(code).toBe(1);
      expect(stderr).toMatch(/find a kubeconfig|read the kubeconfig/);
    },
  );
});

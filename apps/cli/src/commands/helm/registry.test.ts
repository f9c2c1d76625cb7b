import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { encodeTarHeader, tarEnd, tarPadding } from "@eddy/core/tar";
import { startRegistry, type Registry } from "@eddy/registry";
import { runWords, type CliRun } from "../../testing/cli-bed.ts";

const auth = { username: "jane", password: "s3cr3t-pass" };
let registry: Registry;
let dir: string;
beforeAll(async () => {
  registry = await startRegistry({ auth: { ...auth, scheme: "bearer", anonymousPull: true } });
});
afterAll(() => registry.stop());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "eddy-helm-registry-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (...words: string[]): Promise<CliRun> => runWords(words, { env: { HOME: dir } });

function pack(version: string): string {
  const chart = `apiVersion: v2
name: demo
version: ${version}
description: A <demo>
home: https://example.org/?a=1&b=2
sources: [https://git.example/demo]
maintainers: [{name: Jane, email: jane@example.org}, {name: Bob}]
annotations: {category: Infra, org.opencontainers.image.title: mine}
dependencies: [{name: sub, version: 1.x, repository: "oci://charts.example", condition: sub.enabled}]
`;
  const files = { "demo/Chart.yaml": chart, "demo/templates/a.yaml": "a: 1\n" };
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const bytes = Buffer.from(text);
    const head = encodeTarHeader({ path, kind: "file", executable: false, size: bytes.length });
    return [head, bytes, Buffer.alloc(tarPadding(bytes.length))];
  });
  const file = join(dir, `demo-${version}.tgz`);
  writeFileSync(file, gzipSync(Buffer.concat([...parts, tarEnd])));
  utimesSync(file, 1_767_225_600, 1_767_225_600);
  return file;
}

const login = (...more: string[]): Promise<CliRun> =>
  run("helm", "registry", "login", registry.host, "-u", auth.username, "-p", auth.password, "--plain-http", ...more);

test("a chart goes round: login, push, pull, logout", async () => {
  const file = pack("0.1.0+build.1");
  const remote = `oci://${registry.host}/charts`;
  expect((await run("helm", "push", file, remote, "--plain-http")).stderr).toContain("UNAUTHORIZED");
  expect(await login()).toMatchObject({ code: 0, stdout: "Login Succeeded\n" });
  expect(statSync(join(dir, ".config/helm/registry/config.json")).mode & 0o777).toBe(0o600);

  const pushed = await run("helm", "push", file, remote, "--plain-http");
  expect(pushed.code).toBe(0);
  expect(pushed.stdout).toMatch(
    new RegExp(
      `^Pushed: ${registry.host}/charts/demo:0.1.0_build.1\nDigest: sha256:[0-9a-f]{64}\n.*contains an underscore`,
    ),
  );
  for (const version of ["0.1.0", "0.2.0", "0.3.0-rc.1"]) await run("helm", "push", pack(version), remote);

  const pulled = await run("helm", "pull", `${remote}/demo`, "--version", "0.1.0+build.1", "--plain-http", "-d", dir);
  expect(pulled.stdout).toBe(pushed.stdout.replace("Pushed", "Pulled"));
  expect(readFileSync(file)).toStrictEqual(readFileSync(join(dir, "demo-0.1.0+build.1.tgz")));
  const versionOf = async (...more: string[]): Promise<string> =>
    (await run("helm", "pull", `${remote}/demo`, "-d", dir, ...more)).stdout.split("\n")[0] ?? "";
  expect(await versionOf()).toBe(`Pulled: ${registry.host}/charts/demo:0.2.0`);
  expect(await versionOf("--devel")).toBe(`Pulled: ${registry.host}/charts/demo:0.3.0-rc.1`);
  expect(await versionOf("--version", "<0.2")).toMatch(/demo:0\.1\.0/);

  expect((await run("helm", "pull", `${remote}/demo`, "--untar", "-d", dir)).code).toBe(0);
  expect(readFileSync(join(dir, "demo/templates/a.yaml"), "utf8")).toBe("a: 1\n");
  expect((await run("helm", "pull", `${remote}/demo`, "--untar", "-d", dir)).stderr).toContain("already exists");

  expect(await run("helm", "registry", "logout", registry.host)).toMatchObject({ code: 0 });
  expect((await run("helm", "push", file, remote)).code).toBe(1);
});

test("the manifest and its config are Helm's", async () => {
  await login();
  await run("helm", "push", pack("1.0.0"), `oci://${registry.host}/format`);
  const get = async (path: string): Promise<string> => {
    const token = (await (await fetch(`${registry.url}/token?scope=repository:format/demo:pull`)).json()) as {
      token: string;
    };
    const headers = { authorization: `Bearer ${token.token}` };
    return (await fetch(`${registry.url}/v2/format/demo/${path}`, { headers })).text();
  };
  const text = await get("manifests/1.0.0");
  const { config } = JSON.parse(text) as { config: { digest: string } };
  expect(text.slice(text.indexOf('"annotations"'))).toBe(
    String.raw`"annotations":{"category":"Infra","org.opencontainers.image.authors":"Jane (jane@example.org), Bob","org.opencontainers.image.created":"2026-01-01T00:00:00Z","org.opencontainers.image.description":"A \u003cdemo\u003e","org.opencontainers.image.source":"https://git.example/demo","org.opencontainers.image.title":"demo","org.opencontainers.image.url":"https://example.org/?a=1\u0026b=2","org.opencontainers.image.version":"1.0.0"}}`,
  );
  expect(await get(`blobs/${config.digest}`)).toBe(
    String.raw`{"name":"demo","home":"https://example.org/?a=1\u0026b=2","sources":["https://git.example/demo"],"version":"1.0.0","description":"A \u003cdemo\u003e","maintainers":[{"name":"Jane","email":"jane@example.org"},{"name":"Bob"}],"apiVersion":"v2","annotations":{"category":"Infra","org.opencontainers.image.title":"mine"},"dependencies":[{"name":"sub","version":"1.x","repository":"oci://charts.example","condition":"sub.enabled"}]}`,
  );
});

test.each<[string[], string]>([
  [["helm", "push", "nowhere.tgz", "oci://r.io/charts"], "nowhere.tgz: no such file"],
  [["helm", "push", ".", "oci://r.io/charts"], "cannot push directory, must provide chart archive (.tgz)"],
  [["helm", "pull", "repo/chart"], 'find the chart "repo/chart": Helm\'s list of repositories is not read'],
  [["helm", "registry", "login", "r.io"], "token required"],
])("%j: %s", async (words, message) => {
  const { code, stderr } = await run(...words);
  expect({ code, first: stderr.split("\n")[0] }).toStrictEqual({ code: 1, first: `✗ ${message}` });
});

test("a login that is refused is not kept, and its password not shown", async () => {
  const words = ["helm", "registry", "login", registry.host, "-u", "jane", "-p", "wrong-password", "--plain-http"];
  const { code, stderr } = await run(...words);
  expect(code).toBe(1);
  expect(stderr).toContain("UNAUTHORIZED");
  expect(stderr).not.toContain("wrong-password");
  expect(statSync(join(dir, ".config"), { throwIfNoEntry: false })).toBeUndefined();
});

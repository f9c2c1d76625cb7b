import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliRun, runWords } from "../../testing/cli-bed.ts";

/** Made for these tests; signs nothing else. */
const secretKey = `-----BEGIN PGP PRIVATE KEY BLOCK-----

xVgEaVW5ABYJKwYBBAHaRw8BAQdAQlHAa19qbBgkKuhw1E3rfuQUu5FE38XL
iswH84EpxVcAAP9iltSaQ3D11TLyqtNe/i4lrI9E8SfbZ1SlzOJ9nJRUsBNj
zS1DaGFydCBUZXN0ZXIgKHRlc3Qgb25seSkgPHRlc3RlckBleGFtcGxlLm9y
Zz7CwBMEExYKAIUFgmlVuQADCwkHCRDM1j4hADiy1UUUAAAAAAAcACBzYWx0
QG5vdGF0aW9ucy5vcGVucGdwanMub3Jnyb7Uh9qCfykrrPo9vhsnbC0LC0k8
Ew9jy2e/sjJwP/8FFQoIDgwEFgACAQIZAQKbAwIeARYhBAVL3RWcA+IcEXBx
5czWPiEAOLLVAABJewD+J4LVgqQ6a9Xir0hhv4eN7PSNhj30qLI2oRBuRsZi
eaQA/jDSvyJC9Ha730nAGwK7NqR6RS/e0WSaRQhpXs3QiosIx10EaVW5ABIK
KwYBBAGXVQEFAQEHQMVoIKNrODv50lCxzB8OX7rjfUXGql3mEJW6Pb1GJA94
AwEIBwAA/0Nf7ie6eOS0itnTVcs72sUhVCSyFnIRGR65Qsc7/b/gEWTCvgQY
FgoAcAWCaVW5AAkQzNY+IQA4stVFFAAAAAAAHAAgc2FsdEBub3RhdGlvbnMu
b3BlbnBncGpzLm9yZ+njytlTbS8q0Jf21Us1UnGGhAKKBryQThADLdGnSQ/B
ApsMFiEEBUvdFZwD4hwRcHHlzNY+IQA4stUAAFjjAP96nK85va9qXN3d6HA7
JLYHJBFq5vXSANbkQutRHGZlCwEAjylw26WVuOY5Wjh1fwKK7j2w/jfhIIQS
hPIuKQqM/wE=
=Uvtf
-----END PGP PRIVATE KEY BLOCK-----
`;
const verified = (digest: string): string =>
  "Signed by: Chart Tester (test only) <tester@example.org>\n" +
  `Using Key With Fingerprint: 054BDD159C03E21C117071E5CCD63E210038B2D5\nChart Hash Verified: ${digest}\n`;

let dir: string;
let server: Server;
let address: string;
const helm = (...words: string[]): Promise<CliRun> => runWords(["helm", ...words], { env: { HOME: dir } });
const file = (name: string): string => join(dir, name);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "eddy-provenance-"));
  mkdirSync(file("web/templates"), { recursive: true });
  writeFileSync(file("web/Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  writeFileSync(file("web/templates/a.yaml"), "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n");
  writeFileSync(file("keys.asc"), secretKey);
  server = createServer(({ url = "" }, response) => {
    try {
      response.end(readFileSync(file(url)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const signing = ["--sign", "--key", "Chart Tester", "--keyring", file("keys.asc")];
  await helm("package", file("web"), "-d", dir, ...signing);
  await helm("package", file("web"), "-d", dir, "--version", "2.0.0");
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

describe("a signed package", () => {
  test("is verified, where it lies and where it is pulled from", async () => {
    const keyring = ["--keyring", file("keys.asc")];
    const provenance = readFileSync(file("web-1.0.0.tgz.prov"), "utf8");
    const digest = /sha256:[0-9a-f]{64}/.exec(provenance)?.[0] ?? "none";
    expect(await helm("verify", file("web-1.0.0.tgz"), ...keyring)).toEqual({
      code: 0,
      stderr: "",
      stdout: verified(digest),
    });
    for (const words of [
      ["template", "r"],
      ["show", "chart"],
    ])
      expect((await helm(...words, file("web-1.0.0.tgz"), "--verify", ...keyring)).code).toBe(0);
    mkdirSync(file("out"));
    const pulled = await helm("pull", `${address}/web-1.0.0.tgz`, "--verify", ...keyring, "-d", file("out"));
    expect(pulled).toMatchObject({ code: 0, stdout: verified(digest) });
    expect(readFileSync(file("out/web-1.0.0.tgz.prov"), "utf8")).toBe(provenance);
  });

  test.each<[string, string, string]>([
    ["is not there", "verify DIR/none.tgz", "stat DIR/none.tgz: no such file or directory"],
    ["is a folder", "verify DIR/web", "unpacked charts cannot be verified"],
    ["is no package", "verify DIR/keys.asc", "chart must be a tgz file"],
    ["is not signed", "verify DIR/web-2.0.0.tgz", "could not load provenance file DIR/web-2.0.0.tgz.prov"],
    ["is not signed, and rendered", "template DIR/web-2.0.0.tgz --verify", "could not load provenance file"],
    ["is not signed, and pulled", "pull URL/web-2.0.0.tgz --verify -d DIR", 'fetch provenance "web-2.0.0.tgz.prov"'],
    [
      "is verified with no ring",
      "verify DIR/web-1.0.0.tgz",
      "failed to load keyring: open DIR/.gnupg/pubring.gpg: no such",
    ],
    ["is signed by nobody", "package DIR/web --sign -d DIR", "--key is required for signing a package"],
    ["is signed by a stranger", "package DIR/web --sign --key Bob --keyring DIR/keys.asc", "private key not found"],
  ])("%s", async (_, words, message) => {
    const place = (text: string): string => text.replaceAll("DIR", dir).replaceAll("URL", address);
    const { code, stderr } = await helm(...place(words).split(" "));
    expect(stderr).toContain(place(message));
    expect(code).toBe(1);
  });

  test("is refused under another name, and with another content", async () => {
    const keyring = ["--keyring", file("keys.asc")];
    writeFileSync(file("other-1.0.0.tgz"), readFileSync(file("web-1.0.0.tgz")));
    writeFileSync(file("other-1.0.0.tgz.prov"), readFileSync(file("web-1.0.0.tgz.prov")));
    const renamed = await helm("verify", file("other-1.0.0.tgz"), ...keyring);
    expect(renamed.stderr).toBe('Error: provenance does not contain a SHA for a file named "other-1.0.0.tgz"\n');
    mkdirSync(file("changed"));
    writeFileSync(file("changed/web-1.0.0.tgz"), readFileSync(file("web-2.0.0.tgz")));
    writeFileSync(file("changed/web-1.0.0.tgz.prov"), readFileSync(file("web-1.0.0.tgz.prov")));
    const changed = await helm("verify", file("changed/web-1.0.0.tgz"), ...keyring);
    expect(changed.stderr).toMatch(
      /^Error: sha256 sum does not match for web-1\.0\.0\.tgz: "sha256:\w+" != "sha256:\w+"\n$/,
    );
  });
});

describe("values", () => {
  test("are read from behind URLs, also for --set-file", async () => {
    writeFileSync(file("values.yaml"), "a: 1\n");
    writeFileSync(file("note.txt"), "hello, world");
    writeFileSync(file("web/templates/b.yaml"), "v: {{ .Values.a }}\nn: {{ .Values.n }}\n");
    const rendered = await helm(
      "template",
      file("web"),
      "-f",
      `${address}/values.yaml`,
      "--set-file",
      `n=${address}/note.txt`,
    );
    expect(rendered.stdout).toContain("v: 1\nn: hello, world\n");
    const missing = await helm("template", file("web"), "-f", `${address}/none.yaml?token=s3cr3t`);
    expect(missing).toMatchObject({ code: 1, stderr: `Error: failed to fetch ${address}/none.yaml : 404\n` });
    const schemes = await helm("template", file("web"), "-f", "ftp://example.org/values.yaml");
    expect(schemes.stderr).toBe("Error: open ftp://example.org/values.yaml: no such file or directory\n");
  });

  test("are picked by a JSONPath", async () => {
    writeFileSync(file("web/values.yaml"), "image: {tag: v1}\n");
    expect((await helm("show", "values", file("web"), "--jsonpath", "{.image.tag}")).stdout).toBe("v1");
    const missing = await helm("show", "values", file("web"), "--jsonpath", "{.image.nope}");
    expect(missing).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("nope is not found") });
    const broken = await helm("show", "values", file("web"), "--jsonpath", "{.image");
    expect(broken).toMatchObject({ code: 1, stderr: "Error: error parsing jsonpath {.image: unclosed action\n" });
  });
});

describe("--post-renderer", () => {
  const program = (name: string, script: string): string => {
    writeFileSync(file(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file(name);
  };

  test.each([["helm3"], ["helm4"]])("changes what is rendered, as %s", async (dialect) => {
    const path = program("rename", 'sed "s/name: a/name: $1/"');
    const words = ["--dialect", dialect, "--post-renderer", path, "--post-renderer-args", "renamed"];
    const { stdout, stderr } = await helm("template", file("web-1.0.0.tgz"), ...words);
    expect(stderr).toBe("");
    expect(stdout).toContain("name: renamed");
  });

  test.each<[string, string, RegExp]>([
    ["fails", "echo no >&2; exit 3", /error while running command .*\. error output:\nno\n: exit status 3/],
    ["prints nothing", "cat >/dev/null", /post-renderer ".*" produced empty output/],
  ])("that %s is refused", async (_, script, message) => {
    const { code, stderr } = await helm("template", file("web-1.0.0.tgz"), "--post-renderer", program("p", script));
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});

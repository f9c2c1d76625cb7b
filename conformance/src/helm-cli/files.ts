import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const configMap = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n${data}`;
const chart = (name: string): string => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;

const texts: Readonly<Record<string, string>> = {
  "web/Chart.yaml": chart("web"),
  "web/values.yaml": `a: {b: 1, c: [x, true, z], f: 1.50, big: 100000000, nil: null, e: 1e21, t: true}
items:
- {name: one, port: 80, ready: true, tags: [q]}
- {name: two, port: 8080, ready: false}
- {name: "th'ree", port: 443, kind: "a)b"}
html: "<a>&"
dot.ted: 5
`,
  "web/templates/a.yaml": configMap("a", "  more: {{ .Values.more | quote }}\n  note: {{ .Values.note | quote }}\n"),
  "asks/Chart.yaml": chart("asks"),
  "asks/templates/a.yaml": configMap(
    "asked",
    '  ns: {{ (lookup "v1" "Namespace" "" "default").metadata | default dict | len | lt 0 | quote }}\n' +
      '  none: {{ lookup "v1" "ConfigMap" "default" "none" | toJson | quote }}\n' +
      '  has: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}\n' +
      "  version: {{ .Capabilities.KubeVersion.Version | quote }}\n",
  ),
  "unknown/Chart.yaml": chart("unknown"),
  "unknown/templates/a.yaml": "apiVersion: example.com/v1\nkind: Nothing\nmetadata:\n  name: a\n",
  "taken/Chart.yaml": chart("taken"),
  "taken/templates/a.yaml": configMap("taken", "  a: b\n"),
  "more.yaml": "more: from afar\n",
  "note.txt": "a note\n",
  "keys/junk.gpg": "no key ring",
};

/** Writes charts, a post-renderer, and keys that GnuPG makes; false where there is no GnuPG. */
export function writeFiles(folder: string, helm: string): boolean {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, "rename"), '#!/bin/sh\n/bin/sed "s/name: a$/name: ${1:-b}/"\n', { mode: 0o755 });
  for (const name of ["ours", "theirs", "theirs/changed", "packed", "pulled"]) mkdirSync(join(folder, name));
  try {
    makeKeys(folder);
  } catch {
    return false;
  }
  packTheirs(folder, helm);
  return true;
}

function makeKeys(folder: string): void {
  const keys = join(folder, "keys");
  const gpg = (home: string, ...words: string[]): Buffer => {
    mkdirSync(join(folder, home), { recursive: true, mode: 0o700 });
    const base = [
      "--homedir",
      join(folder, home),
      "--batch",
      "--quiet",
      "--pinentry-mode",
      "loopback",
      "--passphrase",
      "",
    ];
    return execFileSync("gpg", [...base, ...words], { stdio: ["ignore", "pipe", "ignore"] });
  };
  const make = (home: string, name: string): Buffer =>
    gpg(home, "--quick-generate-key", name, "rsa2048", "sign", "never");
  make("gnupg", "Tester (of charts) <tester@example.org>");
  make("other", "Other <other@example.org>");
  const write = (name: string, bytes: Buffer): void => writeFileSync(join(keys, name), bytes);
  write("public.gpg", gpg("gnupg", "--export"));
  write("public.asc", gpg("gnupg", "--armor", "--export"));
  write("secret.gpg", gpg("gnupg", "--export-secret-keys"));
  write("other.asc", gpg("other", "--armor", "--export"));
  write("two.asc", Buffer.concat([gpg("other", "--armor", "--export"), gpg("gnupg", "--armor", "--export")]));
  make("other", "Tester (another) <tester@example.com>");
  write("secrets.gpg", Buffer.concat([gpg("gnupg", "--export-secret-keys"), gpg("other", "--export-secret-keys")]));
  copyFileSync(join(folder, "gnupg/pubring.kbx"), join(keys, "pubring.kbx"));
}

/** Signed by Helm, and broken in several ways. */
function packTheirs(folder: string, helm: string): void {
  const at = (path: string): string => join(folder, path);
  const sign = ["--sign", "--key", "Tester", "--keyring", at("keys/secret.gpg")];
  execFileSync(helm, ["package", at("web"), "-d", at("theirs"), ...sign], { stdio: "ignore" });
  execFileSync(helm, ["package", at("web"), "-d", at("theirs"), "--version", "2.0.0"], { stdio: "ignore" });
  copyFileSync(at("theirs/web-1.0.0.tgz"), at("theirs/renamed-1.0.0.tgz"));
  copyFileSync(at("theirs/web-1.0.0.tgz.prov"), at("theirs/renamed-1.0.0.tgz.prov"));
  copyFileSync(at("theirs/web-1.0.0.tgz.prov"), at("theirs/changed/web-1.0.0.tgz.prov"));
  writeFileSync(at("theirs/changed/web-1.0.0.tgz"), readFileSync(at("theirs/web-2.0.0.tgz")));
}

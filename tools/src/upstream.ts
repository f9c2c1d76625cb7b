/**
 * Builds the original programs from the Go module proxy into an ignored cache folder: the judges of the conformance runs.
 *
 * `npm run upstream [-- NAME… --minutes N]`; each program is built once per version, and none is begun after so many minutes.
 * What takes long and few runs need (`vault`) is built where it is named.
 * Needs Go; says so and succeeds without it, since the runs that need the programs are skipped visibly.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

const root = join(import.meta.dirname, "../..");
const cacheDir = join(root, ".cache/upstream");
const binDir = join(cacheDir, "bin");

interface Program {
  name: string;
  module: string;
  version: string;
  /** Package to build, within the module. */
  package: string;
  /** Builds this file of ours, beside this one, around the package. */
  main?: string;
  /** Takes too long for what it shows: built only where it is named. */
  isOptional?: true;
  /** Symbols set at link time, as the release build sets them. */
  variables?: Record<string, string>;
  /** Other versions of modules than the program asks for, where the proxy does not have those. */
  replace?: Record<string, string>;
  /** Files that a release makes before it builds, and that the module does not have: its sources are copied beside them. */
  adds?: Record<string, string>;
}

const kubernetes = "v1.36.3";
const kubernetesVariables = {
  "k8s.io/component-base/version.gitVersion": kubernetes,
  "k8s.io/component-base/version.gitMajor": "1",
  "k8s.io/component-base/version.gitMinor": "36",
};

/** By need: those that more runs compare with come first. */
const programs: readonly Program[] = [
  {
    name: "kustomize",
    module: "sigs.k8s.io/kustomize/kustomize/v5",
    version: "v5.8.2",
    package: "sigs.k8s.io/kustomize/kustomize/v5",
  },
  { name: "etcd", module: "go.etcd.io/etcd/server/v3", version: "v3.6.16", package: "go.etcd.io/etcd/server/v3" },
  {
    name: "kube-apiserver",
    module: "k8s.io/kubernetes",
    version: kubernetes,
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    variables: kubernetesVariables,
  },
  { name: "helm", module: "helm.sh/helm/v4", version: "v4.3.1", package: "helm.sh/helm/v4/cmd/helm" },
  { name: "helm3", module: "helm.sh/helm/v3", version: "v3.22.0", package: "helm.sh/helm/v3/cmd/helm" },
  {
    name: "source-controller",
    module: "github.com/fluxcd/source-controller",
    version: "v1.9.4",
    package: "github.com/fluxcd/source-controller",
    replace: { "github.com/fluxcd/pkg/artifact": "v0.18.1" },
  },
  {
    name: "kube-controller-manager",
    module: "k8s.io/kubernetes",
    version: kubernetes,
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    variables: kubernetesVariables,
  },
  {
    name: "sops",
    module: "github.com/getsops/sops/v3",
    version: "v3.13.3",
    package: "github.com/getsops/sops/v3/cmd/sops",
  },
  {
    name: "kustomize-controller",
    module: "github.com/fluxcd/kustomize-controller",
    version: "v1.9.4",
    package: "github.com/fluxcd/kustomize-controller",
  },
  {
    name: "notification-controller",
    module: "github.com/fluxcd/notification-controller",
    version: "v1.9.3",
    package: "github.com/fluxcd/notification-controller",
  },
  {
    name: "image-reflector-controller",
    module: "github.com/fluxcd/image-reflector-controller",
    version: "v1.2.4",
    package: "github.com/fluxcd/image-reflector-controller",
    replace: { "github.com/fluxcd/pkg/artifact": "v0.18.1" },
  },
  {
    name: "image-automation-controller",
    module: "github.com/fluxcd/image-automation-controller",
    version: "v1.2.4",
    package: "github.com/fluxcd/image-automation-controller",
  },
  // Not an original: a real S3 server for the contract of ours. Apache-2.0.
  {
    name: "versitygw",
    module: "github.com/versity/versitygw",
    version: "v1.8.0",
    package: "github.com/versity/versitygw/cmd/versitygw",
  },
  {
    name: "helm-controller",
    module: "github.com/fluxcd/helm-controller",
    version: "v1.6.3",
    package: "github.com/fluxcd/helm-controller",
    // The proxy does not have Flux's fork; what the fork adds to it is in this version.
    replace: { "helm.sh/helm/v4": "v4.3.1" },
  },
  {
    name: "flux",
    module: "github.com/fluxcd/flux2/v2",
    version: "v2.9.5",
    package: "github.com/fluxcd/flux2/v2/cmd/flux",
    variables: { "main.VERSION": "2.9.5" },
    // The manifests that it installs: none is compared.
    adds: { "cmd/flux/manifests/none.yaml": "# none\n" },
  },
  {
    name: "nats-server",
    module: "github.com/nats-io/nats-server/v2",
    version: "v2.14.9",
    package: "github.com/nats-io/nats-server/v2",
  },
  // The transit engine of SOPS. MPL-2.0; for the next series no SDK was published that fits.
  {
    name: "vault",
    module: "github.com/hashicorp/vault",
    version: "v1.13.1",
    package: "github.com/hashicorp/vault/vault",
    main: "vault-main.go.txt",
    isOptional: true,
    replace: {
      "github.com/hashicorp/vault/sdk": "v0.8.1",
      "github.com/hashicorp/vault/api": "v1.9.0",
      "github.com/hashicorp/vault/api/auth/approle": "v0.4.0",
      "github.com/hashicorp/vault/api/auth/kubernetes": "v0.4.0",
      "github.com/hashicorp/vault/api/auth/userpass": "v0.4.0",
    },
  },
];

function go(dir: string, ...args: string[]): string {
  const result = spawnSync("go", args, {
    cwd: dir,
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOWORK: "off" },
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0)
    throw new Error(
      `go ${args.join(" ")} failed in ${dir}:\n${result.stderr.replaceAll(/^go: downloading .*\n/gm, "").slice(-4_000)}`,
    );
  return result.stdout;
}

/**
 * The program's own replacements, which Go ignores in a dependency: those by a folder become the published version of the
 * same module (Kubernetes' staging modules are `v0.x` where it is `v1.x`; Flux's `api` modules have the program's version).
 */
function replacements(program: Program, goMod: string): string[] {
  const published = program.module === "k8s.io/kubernetes" ? program.version.replace(/^v1\./, "v0.") : program.version;
  // etcd replaces what must never be imported by a folder of that name, which is not there.
  const isOpen = ([, from = ""]: RegExpExecArray): boolean => !(from in (program.replace ?? {}));
  const folders = [...goMod.matchAll(/^\s*(?:replace )?(\S+) => \.\/(?!FORBIDDEN)\S+$/gm)].filter(isOpen);
  const others = [...goMod.matchAll(/^\s*(?:replace )?(\S+(?: v\S+)?) => ([^\s.]\S*) (v\S+)$/gm)].filter(isOpen);
  return [
    ...Object.entries(program.replace ?? {}).map(([name, version]) => `replace ${name} => ${name} ${version}`),
    ...folders.map(([, name]) => `replace ${name} => ${name} ${published}`),
    ...others.map(([, from, to, version]) => `replace ${from} => ${to} ${version}`),
  ];
}

function build(program: Program): void {
  const stamp = join(binDir, `${program.name}.version`);
  const target = join(binDir, program.name);
  const startMs = performance.now();
  const dir = join(cacheDir, "build", program.name);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "go.mod"), `module eddy.sh/upstream/${program.name}\n\ngo 1.26\n`);
  const info = JSON.parse(go(dir, "mod", "download", "-json", `${program.module}@${program.version}`)) as {
    Dir: string;
  };
  const moduleFile = join(info.Dir, "go.mod");
  const goMod = readFileSync(moduleFile, "utf8");
  const goVersion = /^go (\S+)/m.exec(goMod)?.[1] ?? "1.26";
  const copy = program.adds && copyModule(info.Dir, join(dir, "module"), program.adds);
  writeFileSync(
    join(dir, "go.mod"),
    [
      `module eddy.sh/upstream/${program.name}`,
      `go ${goVersion}`,
      `require ${program.module} ${program.version}`,
      ...replacements(program, goMod),
      ...(copy ? [`replace ${program.module} => ${copy}`] : []),
      "",
    ].join("\n"),
  );
  if (program.main === undefined)
    writeFileSync(join(dir, "tools.go"), `//go:build tools\n\npackage tools\n\nimport _ "${program.package}"\n`);
  else copyFileSync(join(import.meta.dirname, program.main), join(dir, "main.go"));
  const linkFlags = Object.entries(program.variables ?? {}).map(([symbol, value]) => `-X ${symbol}=${value}`);
  mkdirSync(binDir, { recursive: true });
  go(
    dir,
    "build",
    "-trimpath",
    "-ldflags",
    ["-s", "-w", ...linkFlags].join(" "),
    "-o",
    `${target}.new`,
    program.main === undefined ? program.package : ".",
  );
  renameSync(`${target}.new`, target);
  writeFileSync(stamp, program.version);
  console.log(`${program.name} ${program.version}: built in ${((performance.now() - startMs) / 1_000).toFixed(0)} s`);
}

/** The module's sources with further files, as a path relative to the folder that it is built from. */
function copyModule(from: string, to: string, adds: Record<string, string>): string {
  rmSync(to, { recursive: true, force: true });
  // Files of the module cache are read-only, and a copy would be as well.
  spawnSync("cp", ["-r", "--no-preserve=mode", from, to]);
  for (const [path, text] of Object.entries(adds)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), text);
  }
  return "./module";
}

function isBuilt(program: Program): boolean {
  const stamp = join(binDir, `${program.name}.version`);
  return existsSync(join(binDir, program.name)) && existsSync(stamp) && readFileSync(stamp, "utf8") === program.version;
}

function main(names: readonly string[], minutes: number): void {
  if (spawnSync("go", ["version"]).status !== 0) {
    console.log(
      "upstream: skipped, no Go toolchain on this machine; the conformance runs that need the original programs will be skipped",
    );
    return;
  }
  const unknown = names.filter((name) => !programs.some((program) => program.name === name));
  if (unknown.length > 0 || !(minutes >= 0)) {
    console.error(
      unknown.length > 0
        ? `✗ unknown program "${unknown.join('", "')}": want ${programs.map((program) => program.name).join(", ")}`
        : "✗ --minutes: want a number",
    );
    process.exitCode = 1;
    return;
  }
  for (const program of programs) {
    if (names.length > 0 ? !names.includes(program.name) : program.isOptional) continue;
    if (isBuilt(program)) console.log(`${program.name} ${program.version}: already built`);
    else if (performance.now() > minutes * 60_000)
      console.log(
        `${program.name} ${program.version}: not built, ${minutes} minutes are over; its runs will be skipped`,
      );
    else build(program);
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { minutes: { type: "string" } } });
main(positionals, values.minutes === undefined ? Infinity : Number(values.minutes));

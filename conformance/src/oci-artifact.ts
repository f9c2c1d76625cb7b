import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { messageOf } from "@eddy/core/errors";
import { startRegistry, type Registry } from "@eddy/registry";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

interface Answer {
  Result: unknown;
  Error: string;
}

const eddy = join(import.meta.dirname, "../../apps/cli/bin/eddy.mjs");
const origin = { Source: "https://git.example/app", Revision: "main@sha1:abc", Created: "1970-01-01T00:00:00Z" };

function writeSource(folder: string): void {
  const files: Readonly<Record<string, number>> = {
    "app.yaml": 0o644,
    "sub/run.sh": 0o755,
    "sub/private.yaml": 0o600,
    "logo.png": 0o644,
    ".git/HEAD": 0o644,
    [`deep/${"long".repeat(40)}.yaml`]: 0o644,
    "ünïcode.yaml": 0o644,
  };
  for (const [path, mode] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), `# ${path}\n`);
    chmodSync(join(folder, path), mode);
  }
}

/** The manifest without what another compressor changes, and the tar that is in its layer. */
async function describe(registry: Registry, name: string): Promise<{ manifest: string; config: string; tar: Buffer }> {
  const get = async (path: string): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${registry.url}/v2/${name}/${path}`)).arrayBuffer());
  const manifest = (await get("manifests/1")).toString();
  const { config, layers } = JSON.parse(manifest) as {
    config: { digest: string };
    layers: { digest: string; size: number }[];
  };
  const layer = layers[0] ?? { digest: "", size: 0 };
  return {
    manifest: manifest
      .replace(layer.digest, "<layer>")
      .replace(`"size":${layer.size},"digest":"<layer>"`, '"size":0,"digest":"<layer>"'),
    config: (await get(`blobs/${config.digest}`)).toString(),
    tar: gunzipSync(await get(`blobs/${layer.digest}`)),
  };
}

/** Files below a folder with their modes and texts. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const isExecutable = (statSync(path).mode & 0o111) !== 0;
      return `${path.slice(folder.length)} ${isExecutable} ${readFileSync(path, "utf8")}`;
    })
    .sort();
}

async function compare(registry: Registry, oracle: GoOracle, folder: string, report: Report): Promise<void> {
  const ask = async (question: object): Promise<unknown> => {
    const { Result, Error: error } = await oracle.ask<Answer>(question);
    if (error !== "") throw new Error(error);
    return Result;
  };
  const run = (...words: string[]): Promise<{ stdout: string; stderr: string }> =>
    promisify(execFile)(process.execPath, [eddy, ...words], { env: { ...process.env, HOME: folder } });
  const check = (name: string, theirs: unknown, ours: unknown): void => {
    const [left, right] = [JSON.stringify(theirs), JSON.stringify(ours)];
    if (left === right) report.pass(name);
    else report.fail(name, `theirs ${left}\nours ${right}`);
  };
  const at = (name: string): string => `${registry.host}/${name}:1`;
  const source = join(folder, "source");
  writeSource(source);
  await ask({ Do: "push", URL: at("flux"), Path: source, ...origin });
  const about = [`--path=${source}`, `--source=${origin.Source}`, `--revision=${origin.Revision}`, "--reproducible"];
  await run("push", "artifact", `oci://${at("eddy")}`, ...about);
  const [theirs, ours] = [await describe(registry, "flux"), await describe(registry, "eddy")];
  check("manifest", theirs.manifest, ours.manifest);
  check("config", theirs.config, ours.config);
  check("archive", theirs.tar.toString("base64"), ours.tar.toString("base64"));

  const folders = ["theirs-ours", "ours-theirs", "theirs-theirs"].map((name) => join(folder, name));
  for (const each of folders) mkdirSync(each);
  const [crossed = "", back = "", same = ""] = folders;
  const pulled = await ask({ Do: "pull", URL: at("eddy"), Path: crossed });
  await run("pull", "artifact", `oci://${at("flux")}`, "-o", back);
  const own = (await ask({ Do: "pull", URL: at("flux"), Path: same })) as { source_revision: string };
  check("ours pulled by Flux", filesOf(same), filesOf(crossed));
  check("Flux's pulled by ours", filesOf(same), filesOf(back));
  check("origin", own.source_revision, (pulled as { source_revision: string }).source_revision);
  const listed = (await ask({ Do: "list", URL: `${registry.host}/eddy` })) as { url: string; digest: string }[];
  const { stdout } = await run("list", "artifacts", `oci://${registry.host}/eddy`);
  check(
    "list",
    listed.map(({ url, digest }) => [url, digest]),
    [stdout.split("\n")[1]?.split(/\s+/).slice(0, 2)],
  );
  const { stderr } = await run("diff", "artifact", `oci://${at("flux")}`, "--path", source);
  check("diff with Flux's", "✔ no changes detected\n", stderr);
}

async function run(report: Report, options: SuiteOptions): Promise<void> {
  const oracle = startGoOracle("oci-artifact", options.cacheDir);
  if (typeof oracle === "string") return report.skip("oci-artifact", oracle);
  const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
  const registry = await startRegistry();
  try {
    await compare(registry, oracle, folder, report);
  } catch (error) {
    report.fail("oci-artifact", messageOf(error));
  } finally {
    await oracle.close();
    await registry.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Artifacts that Flux's own library and `eddy push artifact` made of one folder, and each pulled by the other. */
export const suite: Suite = {
  name: "oci-artifact",
  summary: "artifacts in registries against Flux's own library",
  run,
};

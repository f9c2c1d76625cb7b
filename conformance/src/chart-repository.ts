import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startChartRepository, type ChartRepository } from "@eddy/chart-repository";
import { messageOf } from "@eddy/core/errors";
import { memoryTree } from "@eddy/core/tree";
import { loadChart, loadChartArchive, saveChart, withValues, withVersion } from "@eddy/helm";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

const run = promisify(execFile);
const auth = { username: "u", password: "secret-p" };

const chart = (version: string) =>
  memoryTree({
    "Chart.yaml": `apiVersion: v2\nname: web\nversion: ${version}\ndescription: "a: chart"\nkeywords: [x, "y: z"]\n`,
    "values.yaml": "replicas: 1\n",
    "templates/cm.yaml":
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {replicas: {{ .Values.replicas | quote }}}\n",
  });

/** The original `helm`, with folders of its own. */
type Helm = (...args: string[]) => Promise<string>;

function helmIn(program: string, folder: string): Helm {
  const env = {
    PATH: process.env["PATH"],
    HOME: folder,
    HELM_CACHE_HOME: join(folder, "cache"),
    HELM_CONFIG_HOME: join(folder, "config"),
    HELM_DATA_HOME: join(folder, "data"),
  };
  return async (...args) => (await run(program, args, { cwd: folder, env })).stdout;
}

interface Case {
  name: string;
  run(helm: Helm, folder: string, open: ChartRepository, secured: ChartRepository): Promise<void>;
}

function expectText(found: string, ...wanted: string[]): void {
  for (const text of wanted) if (!found.includes(text)) throw new Error(`${JSON.stringify(found)} lacks ${text}`);
}

const cases: readonly Case[] = [
  {
    name: "a repository is added and searched",
    async run(helm, _folder, open) {
      await helm("repo", "add", "open", open.url);
      expectText(await helm("search", "repo", "web", "--versions"), "open/web", "1.1.0", "1.0.0", "a: chart");
    },
  },
  {
    name: "a chart is pulled, and is what was added",
    async run(helm, folder, open) {
      await helm("pull", "web", "--repo", open.url, "--version", "1.0.0");
      const { metadata } = loadChartArchive(readFileSync(join(folder, "web-1.0.0.tgz")));
      expectText(`${metadata.name} ${metadata.version}`, "web 1.0.0");
      expectText(await helm("template", "web", "--repo", open.url, "--version", "1.1.0"), 'replicas: "1"');
    },
  },
  {
    name: "credentials are wanted",
    async run(helm, _folder, _open, secured) {
      const refused = await helm("repo", "add", "secured", secured.url).then(
        () => "",
        (error: unknown) => messageOf(error),
      );
      expectText(refused, "401");
      await helm("repo", "add", "secured", secured.url, "--username", auth.username, "--password", auth.password);
      await helm("pull", "secured/web");
    },
  },
  {
    name: "a new version is seen after an update",
    async run(helm, _folder, open) {
      await helm("repo", "add", "open", open.url);
      open.add(chart("1.2.0"));
      await helm("repo", "update");
      expectText(await helm("search", "repo", "web"), "1.2.0");
    },
  },
  {
    name: "what Eddy packages is what helm loads",
    async run(helm, folder) {
      const loaded = withVersion(loadChart(chart("1.0.0"), ""), "1.0.0+a.1");
      writeFileSync(join(folder, "own.tgz"), saveChart(withValues(loaded, { replicas: 5 }) ?? loaded));
      expectText(await helm("template", "own.tgz"), 'replicas: "5"');
      expectText(await helm("show", "chart", "own.tgz"), "version: 1.0.0+a.1", "description: 'a: chart'");
      expectText(await helm("lint", "own.tgz"), "0 chart(s) failed");
    },
  },
];

async function runSuite(report: Report, options: SuiteOptions): Promise<void> {
  for (const name of ["helm", "helm3"]) {
    const program = upstreamProgram(options, name);
    if (program === undefined) {
      report.skip(name, `${name} is not built: npm run upstream`);
      continue;
    }
    for (const each of cases) {
      const title = `${name}: ${each.name}`;
      if (options.filter !== undefined && !title.includes(options.filter)) continue;
      const folder = mkdtempSync(join(tmpdir(), "eddy-conformance-"));
      const open = await startChartRepository({ path: "/charts" });
      const secured = await startChartRepository({ credentials: auth });
      for (const version of ["1.0.0", "1.1.0"]) open.add(chart(version));
      secured.add(chart("1.0.0"));
      try {
        await each.run(helmIn(program, folder), folder, open, secured);
        report.pass(title);
      } catch (error) {
        report.fail(title, messageOf(error));
      } finally {
        await Promise.all([open.stop(), secured.stop()]);
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
}

/** The embedded chart repository, and the charts that Eddy packages, in the hands of the original helm. */
export const suite: Suite = {
  name: "chart-repository",
  summary: "the embedded chart repository and packaged charts with helm 3 and 4",
  run: runSuite,
};

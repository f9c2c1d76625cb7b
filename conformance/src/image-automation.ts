import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageGroup, sourceGroup, type ImageRef, type ImageUpdateAutomation } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { startGitServer, type GitServer } from "@eddy/git-server";
import { startOurs, startTheirs, until, type Side } from "./image-automation/sides.ts";
import { scenarios, type UpdateScenario } from "./image-automation/scenarios.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { compareSeen } from "./tell-difference.ts";
import { upstreamProgram } from "./upstream.ts";

/** The same repositories and policies, given to Flux's image-automation-controller and to ours. */
export const suite: Suite = {
  name: "image-automation",
  summary: "commits, statuses and events against Flux's image-automation-controller",
  async run(report: Report, options: SuiteOptions) {
    const program = upstreamProgram(options, "image-automation-controller");
    if (program === undefined)
      return report.skip("image-automation", "image-automation-controller is not built: npm run upstream");
    const folder = mkdtempSync(join(tmpdir(), "eddy-image-automation-"));
    const git = await startGitServer({ dir: join(folder, "git") });
    const [theirs, ours] = [await startTheirs(program, join(folder, "theirs")), await startOurs()];
    try {
      for (const [number, scenario] of scenarios.entries()) {
        if (!scenario.name.includes(options.filter ?? "")) continue;
        const told = (side: Side): Promise<unknown> => new Observation(scenario, `n${number}`, side, git, folder).run();
        await compareSeen(report, scenario, [told(theirs), told(ours)]);
      }
    } catch (error) {
      report.fail(
        "image-automation",
        `${messageOf(error)}\n${readFileSync(join(folder, "theirs/log"), "utf8").slice(-2_000)}`,
      );
    } finally {
      for (const side of [theirs, ours]) await side.stop();
      await git.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** One scenario on one side. */
class Observation {
  private readonly scenario: UpdateScenario;
  private readonly namespace: string;
  private readonly side: Side;
  private readonly git: GitServer;
  private readonly repository: string;
  private readonly path: string;

  constructor(scenario: UpdateScenario, namespace: string, side: Side, git: GitServer, folder: string) {
    this.scenario = scenario;
    this.namespace = namespace;
    this.side = side;
    this.git = git;
    this.repository = `${side.name}-${namespace}`;
    this.path = join(folder, "git", `${this.repository}.git`);
  }

  async run(): Promise<unknown[]> {
    const { kube } = this.side;
    const { namespace, scenario } = this;
    const { url } = await this.git.createRepository(this.repository, this.named(scenario.files), {
      date: 1_700_000_000_000,
    });
    if (scenario.hook !== undefined)
      writeFileSync(join(this.path, "hooks/pre-receive"), `#!/bin/sh\n${scenario.hook}\n`, { mode: 0o700 });
    await kube.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    for (const [name, stringData] of Object.entries(scenario.secrets ?? {}))
      await kube.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, stringData });
    await this.create(`${sourceGroup}/v1`, "GitRepository", "app", { interval: "1h", url, ref: { branch: "main" } });
    for (const [name, image] of Object.entries(scenario.policies)) await this.choose(name, image);
    await this.create(`${imageGroup}/v1`, "ImageUpdateAutomation", "auto", {
      interval: "1h",
      sourceRef: { kind: "GitRepository", name: "app" },
      git: { commit: { author: { name: "Bot", email: "bot@example.org" } } },
      ...scenario.spec,
    });
    const seen = [await this.look()];
    if (scenario.commit) {
      await this.git.commit(this.repository, {
        files: this.named(scenario.commit),
        message: "person",
        date: 1_700_000_100_000,
      });
      seen.push(await this.ask());
    }
    for (const [name, image] of Object.entries(scenario.next ?? {})) await this.choose(name, image);
    // Upstream's cache may not have the policy yet when it is asked.
    if (scenario.next) await delay(systemClock, 500);
    if (scenario.next) seen.push(await this.ask());
    return seen;
  }

  private named(files: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path, text.replaceAll("{ns}", this.namespace)]),
    );
  }

  private async create(apiVersion: string, kind: string, name: string, spec: object): Promise<void> {
    await this.side.kube.create({ apiVersion, kind, metadata: { name, namespace: this.namespace }, spec } as never);
  }

  private async choose(name: string, image: ImageRef): Promise<void> {
    const { kube } = this.side;
    const { namespace } = this;
    const metadata = { name, namespace, labels: { app: name } };
    const spec = { imageRepositoryRef: { name }, policy: { semver: { range: "*" } } };
    await kube.apply(
      { apiVersion: `${imageGroup}/v1`, kind: "ImagePolicy", metadata, spec },
      { fieldManager: "conformance", force: true },
    );
    const key = { group: imageGroup, kind: "ImagePolicy", namespace, name };
    const status = { latestRef: image };
    await kube.patch(key, "merge", { status } as never, { subresource: "status", fieldManager: "conformance" });
  }

  private read(): Promise<ImageUpdateAutomation> {
    const key = { group: imageGroup, kind: "ImageUpdateAutomation", namespace: this.namespace, name: "auto" };
    return this.side.kube.get<ImageUpdateAutomation>(key);
  }

  private async ask(): Promise<unknown> {
    const at = String(performance.now());
    const key = { group: imageGroup, kind: "ImageUpdateAutomation", namespace: this.namespace, name: "auto" };
    const metadata = { annotations: { "reconcile.fluxcd.io/requestedAt": at } };
    await this.side.kube.patch(key, "merge", { metadata } as never);
    await until(async () => (await this.read()).status?.lastHandledReconcileAt === at);
    return this.look();
  }

  private async look(): Promise<unknown> {
    const { suspend } = this.scenario.spec ?? {};
    if (suspend) await delay(systemClock, 1_000);
    else {
      const status = this.scenario.fails ? "False" : "True";
      await until(async () => findCondition((await this.read()).status?.conditions, "Ready")?.status === status);
    }
    // Upstream writes events after the status, and a stalled object's status in two steps.
    await delay(systemClock, 700);
    return this.summary(await this.read());
  }

  private async summary({ metadata, status = {} }: ImageUpdateAutomation): Promise<unknown> {
    const { conditions = [], lastAutomationRunTime, lastPushTime, lastHandledReconcileAt: _, ...rest } = status;
    const shown = conditions.map(({ type, status: is, reason, message }) => `${type}=${is}/${reason}: ${message}`);
    const all = [...new Set(await this.side.told(this.namespace))];
    // Beside a commit or a failure it is upstream's word for a pass of routine, which is told to nobody else.
    const told = all.length > 1 ? all.filter((text) => text !== "Normal Succeeded: repository up-to-date") : all;
    return this.comparable({
      finalizers: metadata.finalizers,
      conditions: shown.sort(),
      status: { ...rest, ran: lastAutomationRunTime !== undefined, pushed: lastPushTime !== undefined },
      told: told.sort(),
      branches: this.branches(),
    });
  }

  /** What is in each branch: files, messages and authors, without what hangs on time. */
  private branches(): unknown {
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "safe.directory=*", "-C", this.path, ...args], { encoding: "utf8" });
    const names = git("for-each-ref", "--format=%(refname)").trim().split("\n");
    return names.map((name) => ({
      name,
      tree: git("ls-tree", "-r", name),
      log: git("log", "--format=%an <%ae> %cn <%ce> %P%n%B", name),
    }));
  }

  /** Without commits' ids, which hang on time, and what a side calls its repository and folders. */
  private comparable(value: unknown): unknown {
    const text = JSON.stringify(value)
      .replaceAll(this.repository, "repository")
      .replaceAll(/blob [0-9a-f]{40}/g, (blob) => blob.toUpperCase())
      .replaceAll(/\b[0-9a-f]{40}\b/g, "<commit>")
      .replaceAll(/pushed commit '[0-9a-f]{7}'/g, "pushed commit '<commit>'")
      .replaceAll(/lstat \S*?none\b/g, "lstat none");
    return JSON.parse(text) as unknown;
  }
}

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageGroup, type ImagePolicy, type ImageRepository } from "@eddy/api";
import { delay, systemClock } from "@eddy/core/clock";
import { findCondition } from "@eddy/core/conditions";
import { messageOf } from "@eddy/core/errors";
import { startRegistry, type Registry } from "@eddy/registry";
import { startOurs, startTheirs, until, type Side, type SideOptions } from "./image-automation/sides.ts";
import { scenarios, type ReflectorScenario, type ReflectorStep } from "./image-reflector/scenarios.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { tellDifference } from "./tell-difference.ts";
import { upstreamProgram } from "./upstream.ts";

/** The same registry and policies, given to Flux's image-reflector-controller and to ours. */
export const suite: Suite = {
  name: "image-reflector",
  summary: "scans, selections and events against Flux's image-reflector-controller",
  async run(report: Report, options: SuiteOptions) {
    const program = upstreamProgram(options, "image-reflector-controller");
    if (program === undefined)
      return report.skip("image-reflector", "image-reflector-controller is not built: npm run upstream");
    const folder = mkdtempSync(join(tmpdir(), "eddy-image-reflector-"));
    const open = await startRegistry();
    const secured = await startRegistry({
      auth: { username: "jane", password: "correct-horse", scheme: "bearer" },
    });
    mkdirSync(join(folder, "tags"));
    const sideOptions = optionsOf(join(folder, "tags"));
    const sides = [await startTheirs(program, join(folder, "theirs"), sideOptions), await startOurs(sideOptions)];
    try {
      for (const [number, scenario] of scenarios.entries()) {
        if (!scenario.name.includes(options.filter ?? "")) continue;
        const registry = scenario.isSecured ? secured : open;
        await observe(report, scenario, `n${number}`, registry, sides);
      }
    } catch (error) {
      const log = readFileSync(join(folder, "theirs/log"), "utf8").slice(-2_000);
      report.fail("image-reflector", `${messageOf(error)}\n${log}`);
    } finally {
      for (const side of sides) await side.stop();
      await Promise.all([open.stop(), secured.stop()]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function optionsOf(storage: string): SideOptions {
  return {
    kinds: ["ImageRepository", "ImagePolicy"],
    controllers: ["ImageRepository", "ImagePolicy"],
    flags: [`--storage-path=${storage}`],
    settings: {},
    // Beside what was found, they say when the next look is.
    routine: /next scan in /,
  };
}

async function observe(
  report: Report,
  scenario: ReflectorScenario,
  namespace: string,
  registry: Registry,
  sides: readonly Side[],
): Promise<void> {
  push(registry, namespace, scenario.tags);
  const observations = sides.map((side) => new Observation(scenario, namespace, registry, side));
  const seen = [await Promise.all(observations.map((each) => each.begin()))];
  for (const step of scenario.steps ?? []) {
    push(registry, namespace, step.push ?? []);
    seen.push(await Promise.all(observations.map((each) => each.take(step))));
  }
  const [theirs, ours] = sides.map((_, side) => seen.map((moment) => moment[side]));
  tellDifference(report, scenario, theirs, ours);
}

function push(registry: Registry, repository: string, tags: readonly string[]): void {
  for (const tag of tags) {
    const config = Buffer.from(JSON.stringify({ tag }));
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    registry.putBlob(repository, config);
    const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
    const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest, size: config.length };
    const manifest = { schemaVersion: 2, mediaType, config: descriptor, layers: [] };
    registry.putManifest(repository, { mediaType, bytes: Buffer.from(JSON.stringify(manifest)) }, tag);
  }
}

type ImageObject = ImageRepository | ImagePolicy;

/** One scenario on one side. */
class Observation {
  private readonly scenario: ReflectorScenario;
  private readonly namespace: string;
  private readonly registry: Registry;
  private readonly side: Side;

  constructor(scenario: ReflectorScenario, namespace: string, registry: Registry, side: Side) {
    this.scenario = scenario;
    this.namespace = namespace;
    this.registry = registry;
    this.side = side;
  }

  /** Where policies are. */
  private get elsewhere(): string {
    return this.scenario.elsewhere ? `${this.namespace}-b` : this.namespace;
  }

  private get policies(): string[] {
    return Object.keys(this.scenario.policies ?? {});
  }

  private get hasRepository(): boolean {
    return !("repository" in this.scenario) || this.scenario.repository !== undefined;
  }

  async begin(): Promise<unknown> {
    const { scenario, namespace } = this;
    await this.createPlain("Namespace", namespace, undefined, {});
    if (scenario.elsewhere) await this.createPlain("Namespace", this.elsewhere, undefined, {}, scenario.elsewhere);
    for (const [name, data] of Object.entries(scenario.secrets ?? {})) {
      const stringData = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, this.named(text)]));
      const type = ".dockerconfigjson" in data ? { type: "kubernetes.io/dockerconfigjson" } : {};
      await this.createPlain("Secret", name, namespace, { stringData, ...type });
    }
    const imagePullSecrets = (scenario.pullSecrets ?? []).map((name) => ({ name }));
    if (imagePullSecrets.length > 0)
      await this.createPlain("ServiceAccount", "puller", namespace, { imagePullSecrets });
    if (this.hasRepository) {
      const { image = `<registry>/${namespace}`, ...rest } = scenario.repository ?? {};
      await this.create("ImageRepository", "app", { interval: "1h", image: this.named(image), ...rest });
      await this.settle("repository", scenario.fails ?? []);
    }
    for (const [name, spec] of Object.entries(scenario.policies ?? {})) {
      const imageRepositoryRef = scenario.elsewhere ? { name: "app", namespace } : { name: "app" };
      await this.create("ImagePolicy", name, { imageRepositoryRef, ...spec }, this.elsewhere);
    }
    return this.look(scenario.fails ?? []);
  }

  async take(step: ReflectorStep): Promise<unknown> {
    if (step.repository) await this.patch("repository", { spec: step.repository });
    for (const [name, spec] of Object.entries(step.policies ?? {})) await this.patch(name, { spec });
    // Upstream looks at one change after the other; both are to be seen by what is asked for.
    if (step.repository ?? step.policies) await delay(systemClock, 700);
    const at = String(performance.now());
    await this.patch(step.request, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } });
    // Upstream's policies do not heed requests: their predicate is the generation alone.
    if (step.request === "repository")
      await until(async () => (await this.read("repository")).status?.lastHandledReconcileAt === at);
    await delay(systemClock, 700);
    return this.look(step.fails ?? this.scenario.fails ?? []);
  }

  private named(text: string): string {
    return text.replaceAll("<registry>", this.registry.host);
  }

  private async createPlain(
    kind: string,
    name: string,
    namespace: string | undefined,
    rest: object,
    labels: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const metadata = { name, labels, ...(namespace === undefined ? {} : { namespace }) };
    await this.side.kube.create({ apiVersion: "v1", kind, metadata, ...rest } as never);
  }

  private async create(kind: string, name: string, spec: object, namespace: string = this.namespace): Promise<void> {
    await this.side.kube.create({ apiVersion: `${imageGroup}/v1`, kind, metadata: { name, namespace }, spec } as never);
  }

  private refOf(who: string): { group: string; kind: string; namespace: string; name: string } {
    return who === "repository"
      ? { group: imageGroup, kind: "ImageRepository", namespace: this.namespace, name: "app" }
      : { group: imageGroup, kind: "ImagePolicy", namespace: this.elsewhere, name: who };
  }

  private async patch(who: string, change: object): Promise<void> {
    await this.side.kube.patch(this.refOf(who), "merge", change as never);
  }

  private read(who: string): Promise<ImageObject> {
    return this.side.kube.get<ImageObject>(this.refOf(who));
  }

  private async settle(who: string, fails: readonly string[]): Promise<void> {
    if (this.scenario.repository?.suspend) return delay(systemClock, 700);
    const wanted = fails.includes(who) ? "False" : "True";
    await until(async () => findCondition((await this.read(who)).status?.conditions, "Ready")?.status === wanted);
  }

  private async look(fails: readonly string[]): Promise<unknown> {
    const all = [...(this.hasRepository ? ["repository"] : []), ...this.policies];
    for (const who of all) await this.settle(who, fails);
    // Upstream writes events after the status, and a stalled object's status in two steps.
    await delay(systemClock, 700);
    const objects = await Promise.all(all.map((who) => this.read(who)));
    const places = [...new Set([this.namespace, this.elsewhere])];
    const told = (await Promise.all(places.map((place) => this.side.told(place)))).flat();
    return { objects: objects.map(shown), told: [...new Set(told)].sort() };
  }
}

/** Without what hangs on time. */
function shown({ kind, metadata, status = {} }: ImageObject): object {
  const { conditions = [], lastHandledReconcileAt: _, ...rest } = status;
  const observed: Record<string, unknown> = { ...rest };
  const scan = "lastScanResult" in rest ? rest.lastScanResult : undefined;
  if (scan) observed["lastScanResult"] = sorted({ ...scan, scanTime: scan.scanTime !== undefined });
  return {
    kind,
    name: metadata.name,
    finalizers: metadata.finalizers,
    conditions: conditions.map(({ type, status: is, reason, message }) => `${type}=${is}/${reason}: ${message}`).sort(),
    status: sorted(observed),
  };
}

function sorted(value: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

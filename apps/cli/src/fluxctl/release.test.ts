import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploymentText, startReleaseBed, type ReleaseBed } from "../testing/release-bed.ts";

let bed: ReleaseBed;
beforeAll(async () => {
  bed = await startReleaseBed();
});
afterAll(() => bed.stop());

/** As long as `127.0.0.1:<port>`, so that columns stay where they are. */
const shownHost = "registry.io:443";

/** What was printed, with the registry by name and commits by letter. */
function shown(text: string): string {
  return text.replaceAll(bed.registry.host, shownHost);
}

interface Container {
  readonly [container: string]: string;
}

function deployment(name: string, images: Container): string {
  const whole = Object.entries(images).map(([container, image]) => [container, `${bed.registry.host}/${image}`]);
  return deploymentText(name, Object.fromEntries(whole));
}

/** Images of Flux's own guide. */
function pushGuide(prefix: string): void {
  bed.pushImage(`${prefix}/helloworld`, "master-9a16ff945b9e", "2016-07-20T13:19:30Z");
  bed.pushImage(`${prefix}/helloworld`, "master-b31c617a0fe3", "2016-07-20T13:19:00Z");
  bed.pushImage(`${prefix}/helloworld`, "master-a000002", "2016-07-12T17:17:00Z");
  bed.pushImage(`${prefix}/helloworld`, "master-a000001", "2016-07-12T17:16:00Z");
  bed.pushImage(`${prefix}/sidecar`, "master-a000002", "2016-08-23T10:05:00Z");
  bed.pushImage(`${prefix}/sidecar`, "master-a000001", "2016-08-23T09:53:00Z");
}

const guide: Container = {
  helloworld: "weaveworks/helloworld:master-a000002",
  sidecar: "weaveworks/sidecar:master-a000002",
};

describe("fluxctl of 0.x", () => {
  beforeAll(async () => {
    pushGuide("weaveworks");
    await bed.enter("sock-shop", { "front-end.yaml": deployment("front-end", guide) });
    await bed.ready("sock-shop", "front-end");
  });

  it("list-services", async () => {
    const { stdout } = await bed.run("fluxctl list-services --namespace=sock-shop");
    expect(shown(stdout)).toBe(
      `SERVICE              CONTAINER   IMAGE                                                 RELEASE  POLICY
sock-shop/front-end  helloworld  registry.io:443/weaveworks/helloworld:master-a000002  ready    
                     sidecar     registry.io:443/weaveworks/sidecar:master-a000002              
`,
    );
  });

  it("list-images", async () => {
    const { stdout } = await bed.run("fluxctl list-images --service=sock-shop/front-end");
    expect(shown(stdout)).toBe(
      `SERVICE              CONTAINER   IMAGE                                  CREATED
sock-shop/front-end  helloworld  registry.io:443/weaveworks/helloworld  
                                 |   master-9a16ff945b9e                20 Jul 16 13:19 UTC
                                 |   master-b31c617a0fe3                20 Jul 16 13:19 UTC
                                 '-> master-a000002                     12 Jul 16 17:17 UTC
                                     master-a000001                     12 Jul 16 17:16 UTC
                     sidecar     registry.io:443/weaveworks/sidecar     
                                 '-> master-a000002                     23 Aug 16 10:05 UTC
                                     master-a000001                     23 Aug 16 09:53 UTC
`,
    );
  });

  it("list-images, cut: only the running tag is shown behind a colon", async () => {
    const { stdout } = await bed.run("fluxctl list-images --service=sock-shop/front-end --limit 1");
    expect(shown(stdout).split("\n").slice(2, 5)).toEqual([
      "                                 |   master-9a16ff945b9e                20 Jul 16 13:19 UTC",
      "                                 :                                      ",
      "                                 '-> master-a000002                     12 Jul 16 17:17 UTC",
    ]);
  });

  it("release --update-all-images", async () => {
    const { code, stdout, stderr } = await bed.run("fluxctl release --service=sock-shop/front-end --update-all-images");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = shown(stdout)
      .replace(/ID [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, "ID c5e39f46-171d-349e-ac43-fbbc17018848")
      .replace(/^Took [0-9.]+s$/m, "Took 8.3s");
    expect(lines).toBe(`Submitting release job...
Release job submitted, ID c5e39f46-171d-349e-ac43-fbbc17018848
Status: Complete.

Here's what happened:
 1) Submitted job.
 2) Calculating release actions.
 3) Release latest images to sock-shop/front-end
 4) Clone the config repo.
 5) Clone OK.
 6) Update 1 images(s) in the resource definition file for sock-shop/front-end: helloworld (registry.io:443/weaveworks/helloworld:master-a000002 -> registry.io:443/weaveworks/helloworld:master-9a16ff945b9e).
 7) Update pod controller OK.
 8) Commit and push the config repo.
 9) Pushed commit: Release latest images to sock-shop/front-end
 10) Release 1 service(s): sock-shop/front-end.
Took 8.3s
`);
    expect(await bed.file("sock-shop", "front-end.yaml")).toBe(
      deployment("front-end", { ...guide, helloworld: "weaveworks/helloworld:master-9a16ff945b9e" }),
    );
  });
});

describe("fluxctl of 1.0 and later", () => {
  const id = "default:deployment/helloworld";
  beforeAll(async () => {
    pushGuide("weaveworks");
    await bed.enter("default", { "helloworld.yaml": deployment("helloworld", guide) });
  });

  it("list-images --controller", async () => {
    const { stdout } = await bed.run(`fluxctl list-images --controller ${id}`);
    expect(shown(stdout).split("\n").slice(0, 3)).toEqual([
      "CONTROLLER                     CONTAINER   IMAGE                                  CREATED",
      "default:deployment/helloworld  helloworld  registry.io:443/weaveworks/helloworld  ",
      "                                           |   master-9a16ff945b9e                20 Jul 16 13:19 UTC",
    ]);
    expect(shown(stdout)).toContain(
      "                               sidecar     registry.io:443/weaveworks/sidecar     \n",
    );
  });

  it("release --controller, as the guide has it", async () => {
    const words = `fluxctl release --controller=${id} --update-image=${bed.registry.host}/weaveworks/helloworld:master-a000001`;
    const { code, stdout, stderr } = await bed.run(words);
    const { sha, message } = await bed.head("default");
    expect(code).toBe(0);
    expect(stderr).toBe(`Submitting release ...\nCommit pushed: ${sha.slice(0, 7)}\nApplied ${sha}\n`);
    expect(shown(stdout)).toBe(
      `CONTROLLER                     STATUS   UPDATES
default:deployment/helloworld  success  helloworld: registry.io:443/weaveworks/helloworld:master-a000002 -> master-a000001
`,
    );
    expect(shown(message)).toBe(`Release registry.io:443/weaveworks/helloworld:master-a000001 to ${id}`);
  });

  it("release --workload, in the words of 1.1 and later, with a rollout that is watched", async () => {
    const words = `release --workload=${id} --update-image=${bed.registry.host}/weaveworks/helloworld:master-a000002 --watch -m 'back again' --user 'Jane <jane@example.org>'`;
    const { code, stdout, stderr } = await bed.run(words);
    const { sha, message, author } = await bed.head("default");
    expect({ code, message, author }).toEqual({ code: 0, message: "back again", author: "Jane <jane@example.org>" });
    const short = sha.slice(0, 7);
    expect(stderr).toBe(
      `Submitting release ...\nCommit pushed:\t${short}\nCommit applied:\t${short}\nMonitoring rollout ...\nAll workloads ready.\n`,
    );
    expect(shown(stdout)).toContain(
      `WORKLOAD                       CONTAINER   IMAGE                                                 RELEASE  REPLICAS\n`,
    );
    expect(shown(stdout)).toMatch(
      /WORKLOAD {23}STATUS {3}UPDATES\ndefault:deployment\/helloworld {2}success {2}helloworld: registry\.io:443\/weaveworks\/helloworld:master-a000001 -> master-a000002\n$/,
    );
  });

  it("release twice: nothing to do, and why", async () => {
    const words = `release --workload=${id} --update-image=${bed.registry.host}/weaveworks/helloworld:master-a000002`;
    const before = await bed.head("default");
    const { code, stdout, stderr } = await bed.run(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Submitting release ...\nNothing to do\n" });
    expect(stdout).toBe(
      "WORKLOAD                       STATUS   UPDATES\ndefault:deployment/helloworld  skipped  image(s) up to date\n",
    );
    expect((await bed.head("default")).sha).toBe(before.sha);
  });

  it("release --dry-run plans and commits nothing", async () => {
    const before = await bed.head("default");
    const { stdout, stderr } = await bed.run("release --all --update-all-images -n default --dry-run -vv");
    expect(stderr).toBe("Submitting dry-run release ...\n");
    expect(shown(stdout)).toBe(
      `WORKLOAD                       STATUS   UPDATES
default:deployment/helloworld  success  helloworld: registry.io:443/weaveworks/helloworld:master-a000002 -> master-9a16ff945b9e
`,
    );
    expect((await bed.head("default")).sha).toBe(before.sha);
  });

  it("an image among the values of a HelmRelease, whose tag stands by itself", async () => {
    const values = (tag: string): string => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
spec:
  suspend: true # no chart is needed here
  interval: 1h
  chart:
    spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}
  values:
    image:
      repository: ${bed.registry.host}/weaveworks/helloworld
      tag: ${tag} # kept
`;
    await bed.enter("charts", { "web.yaml": values("master-a000001") });
    const listed = await bed.run("list-workloads -n charts --no-headers");
    expect(shown(listed.stdout)).toContain(
      "charts:helmrelease/web  chart-image  registry.io:443/weaveworks/helloworld:master-a000001",
    );
    const { code, stdout } = await bed.run(
      `release -n charts --workload=helmrelease/web --update-image=${bed.registry.host}/weaveworks/helloworld:master-a000002`,
    );
    expect(code).toBe(0);
    expect(shown(stdout)).toContain(
      "chart-image: registry.io:443/weaveworks/helloworld:master-a000001 -> master-a000002\n",
    );
    expect(await bed.file("charts", "web.yaml")).toBe(values("master-a000002"));
    expect((await bed.run("get releases -n charts --no-header")).stdout).toMatch(
      /^release-\w+\t.*\tSucceeded\tTrue\s*\tchanged 1 workload by main@/,
    );
  });

  it.each([
    ["release --update-all-images", "please supply either --all, or at least one --workload=<workload>"],
    ["release --all", "please supply exactly one of --update-image=<image> or --update-all-images"],
    ["release --all --update-image=nginx", 'image "nginx" has no tag: write :latest if that is what you mean'],
    ["release --all --update-all-images --watch --dry-run", "cannot use --watch with --dry-run"],
    ["release --all --update-all-images --force", "--force has no effect when used with --all and --update-all-images"],
    ["release --all --update-image=x:1 y", "Expected 0 arguments but got 1"],
    ["policy -w x:deployment/y", "no policy changes given"],
    ["policy -w x:deployment/y --lock --unlock", "lock and unlock both specified"],
    ["lock", "-w, --workload is required"],
  ])("%s is refused", async (words, want) => {
    const { code, stderr } = await bed.run(words);
    expect(code).toBe(1);
    expect(stderr).toContain(want);
  });
});

import { describe, expect, test } from "vitest";
import { cloneJson, type KubeObject } from "@eddy/core/object";
import * as at from "./frame/resources.ts";
import type { CronJob, DaemonSet, Deployment, Job, Pod, ReplicaSet, StatefulSet } from "./frame/shapes.ts";
import { ns, stage, template, workload, type Scene } from "./testing/scene.ts";

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown as string;
const selector = (app: string): object => ({ matchLabels: { app } });
const deployment = (image?: string, spec: object = {}): KubeObject =>
  workload("Deployment", "d", { replicas: 2, selector: selector("d"), template: template("d", image), ...spec });

function change<T extends KubeObject>(
  scene: Scene,
  resource: typeof at.pods,
  name: string,
  edit: (copy: T) => void,
): void {
  const copy = cloneJson(scene.get<T>(resource, name));
  edit(copy);
  scene.access.update(resource, copy);
}
const setImage = (scene: Scene, image: string): void =>
  change<Deployment>(
    scene,
    at.deployments,
    "d",
    ({ spec }) => void (spec.template.spec.containers[0] = { name: "c", image }),
  );
const names = (objects: readonly KubeObject[]): string[] => objects.map(({ metadata }) => metadata.name);

describe("Deployment", () => {
  test("reaches the golden state of the real controllers", () => {
    const scene = stage([[at.deployments, deployment()]]);
    const set = scene.list<ReplicaSet>(at.replicaSets)[0] as ReplicaSet;
    const hash = set.metadata.labels?.["pod-template-hash"];
    expect(scene.get<Deployment>(at.deployments, "d")).toMatchObject({
      metadata: { annotations: { "deployment.kubernetes.io/revision": "1" }, generation: 1 },
      status: {
        observedGeneration: 1,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        terminatingReplicas: 0,
        conditions: [
          {
            type: "Available",
            status: "True",
            reason: "MinimumReplicasAvailable",
            message: "Deployment has minimum availability.",
            lastUpdateTime: time,
            lastTransitionTime: time,
          },
          {
            type: "Progressing",
            status: "True",
            reason: "NewReplicaSetAvailable",
            message: `ReplicaSet "d-${hash}" has successfully progressed.`,
            lastUpdateTime: time,
            lastTransitionTime: time,
          },
        ],
      },
    });
    expect(scene.get<Deployment>(at.deployments, "d").status).not.toHaveProperty("unavailableReplicas");
    expect(set).toMatchObject({
      metadata: {
        name: `d-${hash}`,
        labels: { app: "d", "pod-template-hash": hash },
        annotations: {
          "deployment.kubernetes.io/desired-replicas": "2",
          "deployment.kubernetes.io/max-replicas": "3",
          "deployment.kubernetes.io/revision": "1",
        },
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "Deployment", name: "d", controller: true, blockOwnerDeletion: true },
        ],
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "d", "pod-template-hash": hash } },
        template: { metadata: { labels: { app: "d", "pod-template-hash": hash } } },
      },
      status: {
        replicas: 2,
        fullyLabeledReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        terminatingReplicas: 0,
        observedGeneration: 1,
      },
    });
    const [pod] = scene.list<Pod>(at.pods);
    expect(pod).toMatchObject({
      metadata: {
        generateName: `d-${hash}-`,
        labels: { app: "d", "pod-template-hash": hash },
        ownerReferences: [{ kind: "ReplicaSet", controller: true }],
      },
      spec: { nodeName: "node-1" },
      status: {
        phase: "Running",
        podIP: expect.stringMatching(/^10\.244\./),
        containerStatuses: [{ name: "c", ready: true, restartCount: 0, state: { running: { startedAt: time } } }],
      },
    });
    expect(scene.told()).toContain(`Deployment/d ScalingReplicaSet: Scaled up replica set d-${hash} from 0 to 2`);
  });

  test("a settled world is still: time passes and nothing is written", () => {
    const scene = stage([[at.deployments, deployment()]]);
    scene.pass(10_000);
    let writes = 0;
    scene.access.watch("all", () => void writes++);
    scene.pass(3_600_000);
    expect(writes).toBe(0);
  });

  test("a new image rolls out, an old one comes back under a new revision", () => {
    const scene = stage([[at.deployments, deployment()]]);
    const first = scene.list(at.replicaSets)[0]?.metadata.name;
    setImage(scene, "example.org/app:2");
    scene.pass(5_000);
    expect(scene.get<Deployment>(at.deployments, "d")).toMatchObject({
      metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } },
      status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 },
    });
    expect(
      scene
        .list<ReplicaSet>(at.replicaSets)
        .map(({ spec }) => spec.replicas)
        .toSorted((left = 0, right = 0) => left - right),
    ).toEqual([0, 2]);
    expect(scene.list(at.pods)).toHaveLength(2);
    setImage(scene, "example.org/app:1");
    scene.pass(5_000);
    expect(scene.list(at.replicaSets)).toHaveLength(2);
    expect(scene.get<ReplicaSet>(at.replicaSets, first ?? "")).toMatchObject({
      metadata: { annotations: { "deployment.kubernetes.io/revision": "3" } },
      spec: { replicas: 2 },
    });
  });

  test("never has fewer available or more existing than it may while it rolls", () => {
    const scene = stage([
      [
        at.deployments,
        deployment(undefined, { replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } }),
      ],
    ]);
    setImage(scene, "example.org/app:2");
    for (let step = 0; step < 100; step++) {
      scene.pass(50);
      const pods = scene.list<Pod>(at.pods).filter(({ metadata }) => !metadata.deletionTimestamp);
      expect(pods.length).toBeLessThanOrEqual(5);
      expect(
        pods.filter(({ status }) =>
          status?.conditions?.some(({ type, status: ready }) => type === "Ready" && ready === "True"),
        ).length,
      ).toBeGreaterThanOrEqual(3);
    }
    expect(scene.get<Deployment>(at.deployments, "d").status).toMatchObject({
      updatedReplicas: 4,
      availableReplicas: 4,
      replicas: 4,
    });
  });

  test("Recreate lets the old go before the new come", () => {
    const scene = stage([[at.deployments, deployment(undefined, { strategy: { type: "Recreate" } })]]);
    const before = new Set(names(scene.list(at.pods)));
    let mixed = false;
    scene.access.watch([at.pods], () => {
      const now = names(scene.list(at.pods));
      mixed ||= now.some((name) => before.has(name)) && now.some((name) => !before.has(name));
    });
    setImage(scene, "example.org/app:2");
    scene.pass(5_000);
    expect(mixed).toBe(false);
    expect(scene.get<Deployment>(at.deployments, "d").status).toMatchObject({
      updatedReplicas: 2,
      availableReplicas: 2,
    });
  });

  test.for([
    ["crash", "CrashLoopBackOff", "Running"],
    ["image-pull-error", "ImagePullBackOff", "Pending"],
    ["never-ready", undefined, "Running"],
  ] as const)("an image that fails by %s keeps the old Pods and passes its deadline", ([tag, reason, phase]) => {
    const scene = stage([[at.deployments, deployment(undefined, { progressDeadlineSeconds: 60 })]]);
    setImage(scene, `example.org/app:${tag}`);
    scene.pass(30_000);
    const broken = scene.list<Pod>(at.pods).find(({ spec }) => spec.containers[0]?.image?.endsWith(tag));
    expect(broken?.status).toMatchObject({
      phase,
      containerStatuses: [
        { ready: false, ...(reason ? { state: { waiting: { reason } } } : { state: { running: {} } }) },
      ],
    });
    expect(scene.get<Deployment>(at.deployments, "d").status).toMatchObject({
      replicas: 3,
      updatedReplicas: 1,
      availableReplicas: 2,
      unavailableReplicas: 1,
    });
    scene.pass(60_000);
    const progressing = scene
      .get<Deployment>(at.deployments, "d")
      .status?.conditions?.find(({ type }) => type === "Progressing");
    expect(progressing).toMatchObject({
      status: "False",
      reason: "ProgressDeadlineExceeded",
      message: expect.stringMatching(/^ReplicaSet "d-\w+" has timed out progressing\.$/),
    });
    setImage(scene, "example.org/app:3");
    scene.pass(5_000);
    expect(scene.get<Deployment>(at.deployments, "d").status).toMatchObject({
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
    });
  });

  test("paused: scales, but does not roll out", () => {
    const scene = stage([[at.deployments, deployment()]]);
    change<Deployment>(scene, at.deployments, "d", ({ spec }) => {
      spec.paused = true;
      spec.replicas = 3;
      spec.template.spec.containers[0] = { name: "c", image: "example.org/app:2" };
    });
    scene.pass(5_000);
    expect(scene.list(at.replicaSets)).toHaveLength(1);
    expect(scene.list(at.pods)).toHaveLength(3);
    change<Deployment>(scene, at.deployments, "d", ({ spec }) => void (spec.paused = false));
    scene.pass(5_000);
    expect(scene.get<Deployment>(at.deployments, "d").status).toMatchObject({ updatedReplicas: 3, replicas: 3 });
  });

  test("old revisions beyond the limit go", () => {
    const scene = stage([[at.deployments, deployment(undefined, { revisionHistoryLimit: 1 })]]);
    for (const tag of ["2", "3", "4"]) {
      setImage(scene, `example.org/app:${tag}`);
      scene.pass(5_000);
    }
    expect(scene.list(at.replicaSets)).toHaveLength(2);
  });

  test("a Pod that somebody deletes comes back", () => {
    const scene = stage([[at.deployments, deployment()]]);
    const gone = scene.list(at.pods)[0]?.metadata.name ?? "";
    scene.access.delete(at.pods, ns, gone);
    scene.pass();
    expect(scene.list(at.pods)).toHaveLength(2);
    expect(names(scene.list(at.pods))).not.toContain(gone);
  });
});

describe("StatefulSet", () => {
  const claimTemplate = {
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  };
  const statefulSet = (spec: object = {}): KubeObject =>
    workload("StatefulSet", "s", {
      replicas: 2,
      serviceName: "s",
      selector: selector("s"),
      template: template("s"),
      ...spec,
    });

  test("makes its Pods in order, with their claims, and reaches the golden state", () => {
    const scene = stage([[at.statefulSets, statefulSet({ volumeClaimTemplates: [claimTemplate] })]], {
      readyDelayMs: 2_000,
    });
    expect(names(scene.list(at.pods))).toEqual(["s-0"]);
    scene.pass(5_000);
    const revision = scene.list(at.controllerRevisions)[0]?.metadata.name;
    expect(scene.get<StatefulSet>(at.statefulSets, "s").status).toEqual({
      observedGeneration: 1,
      replicas: 2,
      readyReplicas: 2,
      currentReplicas: 2,
      updatedReplicas: 2,
      currentRevision: revision,
      updateRevision: revision,
      collisionCount: 0,
      availableReplicas: 2,
    });
    expect(scene.get<Pod>(at.pods, "s-1")).toMatchObject({
      metadata: {
        labels: {
          "apps.kubernetes.io/pod-index": "1",
          "controller-revision-hash": revision,
          "statefulset.kubernetes.io/pod-name": "s-1",
        },
      },
      spec: {
        hostname: "s-1",
        subdomain: "s",
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-s-1" } }],
      },
    });
    expect(scene.get(at.claims, "data-s-1")).toMatchObject({
      metadata: { labels: { app: "s" } },
      spec: { storageClassName: "standard" },
      status: { phase: "Bound", capacity: { storage: "1Gi" } },
    });
    expect(scene.told()).toContain(
      "StatefulSet/s SuccessfulCreate: create Pod s-0 in StatefulSet s successful".replace("create Pod", "Create Pod"),
    );
  });

  test("updates from the last down to the partition, and finishes when that moves", () => {
    const scene = stage([
      [at.statefulSets, statefulSet({ replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } })],
    ]);
    scene.pass(5_000);
    const images = (): (string | undefined)[] => scene.list<Pod>(at.pods).map(({ spec }) => spec.containers[0]?.image);
    change<StatefulSet>(
      scene,
      at.statefulSets,
      "s",
      ({ spec }) => void (spec.template.spec.containers[0] = { name: "c", image: "two" }),
    );
    scene.pass(5_000);
    expect(images()).toEqual(["example.org/app:1", "example.org/app:1", "two"]);
    expect(scene.get<StatefulSet>(at.statefulSets, "s").status).toMatchObject({
      currentReplicas: 2,
      updatedReplicas: 1,
      readyReplicas: 3,
    });
    // A Pod below the partition comes back as it was.
    scene.access.delete(at.pods, ns, "s-0");
    scene.pass(5_000);
    expect(images()).toEqual(["example.org/app:1", "example.org/app:1", "two"]);
    change<StatefulSet>(
      scene,
      at.statefulSets,
      "s",
      ({ spec }) => void (spec.updateStrategy = { rollingUpdate: { partition: 0 } }),
    );
    scene.pass(5_000);
    expect(images()).toEqual(["two", "two", "two"]);
    const { status } = scene.get<StatefulSet>(at.statefulSets, "s");
    expect(status?.currentRevision).toBe(status?.updateRevision);
  });

  test("scales down from the last", () => {
    const scene = stage([[at.statefulSets, statefulSet({ replicas: 3, podManagementPolicy: "Parallel" })]]);
    scene.pass(5_000);
    change<StatefulSet>(scene, at.statefulSets, "s", ({ spec }) => void (spec.replicas = 1));
    scene.pass(5_000);
    expect(names(scene.list(at.pods))).toEqual(["s-0"]);
  });
});

test("DaemonSet: one Pod on each node, replaced one by one", () => {
  const scene = stage(
    [[at.daemonSets, workload("DaemonSet", "ds", { selector: selector("ds"), template: template("ds") })]],
    { nodes: ["node-1", "node-2"] },
  );
  const golden = {
    currentNumberScheduled: 2,
    numberMisscheduled: 0,
    desiredNumberScheduled: 2,
    numberReady: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
  };
  expect(scene.get<DaemonSet>(at.daemonSets, "ds")["status"]).toEqual({ ...golden, observedGeneration: 1 });
  change<DaemonSet>(
    scene,
    at.daemonSets,
    "ds",
    ({ spec }) => void (spec.template.spec.containers[0] = { name: "c", image: "two" }),
  );
  scene.pass(5_000);
  expect(scene.get<DaemonSet>(at.daemonSets, "ds")["status"]).toEqual({ ...golden, observedGeneration: 2 });
  expect(
    scene
      .list<Pod>(at.pods)
      .map(({ spec }) => [spec.nodeName, spec.containers[0]?.image])
      .toSorted(([left = ""], [right = ""]) => (left < right ? -1 : 1)),
  ).toEqual([
    ["node-1", "two"],
    ["node-2", "two"],
  ]);
});

describe("Job", () => {
  const job = (spec: object = {}, image?: string): KubeObject =>
    workload(
      "Job",
      "j",
      {
        completions: 2,
        parallelism: 1,
        backoffLimit: 1,
        template: template("j", image, { restartPolicy: "Never" }),
        ...spec,
      },
      "batch/v1",
    );

  test("runs to its end and reaches the golden state", () => {
    const scene = stage([[at.jobs, job()]]);
    scene.pass(5_000);
    const finished = {
      lastProbeTime: time,
      lastTransitionTime: time,
      status: "True",
      reason: "CompletionsReached",
      message: "Reached expected number of succeeded pods",
    };
    expect(scene.get<Job>(at.jobs, "j").status).toEqual({
      conditions: [
        { type: "SuccessCriteriaMet", ...finished },
        { type: "Complete", ...finished },
      ],
      startTime: time,
      completionTime: time,
      succeeded: 2,
      terminating: 0,
      uncountedTerminatedPods: {},
      ready: 0,
    });
    expect(scene.list<Pod>(at.pods).map(({ status, metadata }) => [status?.phase, metadata.finalizers])).toEqual([
      ["Succeeded", []],
      ["Succeeded", []],
    ]);
    expect(scene.told()).toContain("Job/j Completed: Job completed");
  });

  test("fails after its retries", () => {
    const scene = stage([[at.jobs, job({}, "example.org/app:crash")]]);
    scene.pass(60_000);
    expect(scene.get<Job>(at.jobs, "j").status).toMatchObject({
      failed: 2,
      conditions: [{ type: "FailureTarget" }, { type: "Failed", status: "True", reason: "BackoffLimitExceeded" }],
    });
    expect(scene.list(at.pods)).toHaveLength(2);
  });

  test("goes after its time to live, with its Pods", () => {
    const scene = stage([[at.jobs, job({ ttlSecondsAfterFinished: 30 })]]);
    scene.pass(20_000);
    expect(scene.list(at.jobs)).toHaveLength(1);
    scene.pass(30_000);
    expect([scene.list(at.jobs), scene.list(at.pods)]).toEqual([[], []]);
  });

  test("indexes, suspension and deadlines", () => {
    const indexed = stage([[at.jobs, job({ completionMode: "Indexed", completions: 3, parallelism: 3 })]]);
    indexed.pass(5_000);
    expect(indexed.get<Job>(at.jobs, "j").status).toMatchObject({ succeeded: 3, completedIndexes: "0-2" });
    const suspended = stage([[at.jobs, job({ suspend: true })]]);
    expect(suspended.get<Job>(at.jobs, "j").status).toMatchObject({
      conditions: [{ type: "Suspended", status: "True", reason: "JobSuspended" }],
    });
    change<Job>(suspended, at.jobs, "j", ({ spec }) => void (spec.suspend = false));
    suspended.pass(5_000);
    expect(suspended.get<Job>(at.jobs, "j").status).toMatchObject({
      succeeded: 2,
      conditions: [{ type: "Suspended", status: "False" }, {}, { type: "Complete" }],
    });
    const late = stage([[at.jobs, job({ activeDeadlineSeconds: 5 }, "example.org/app:never-ready")]]);
    late.pass(6_000);
    expect(late.get<Job>(at.jobs, "j").status).toMatchObject({
      conditions: [{}, { type: "Failed", reason: "DeadlineExceeded" }],
    });
    expect(late.list(at.pods)).toEqual([]);
  });

  test("deleted, its Pods go too, whatever holds them", () => {
    const scene = stage([[at.jobs, job({}, "example.org/app:never-ready")]]);
    expect(scene.list(at.pods)).toHaveLength(1);
    scene.access.delete(at.jobs, ns, "j");
    scene.pass();
    expect(scene.list(at.pods)).toEqual([]);
  });
});

test("CronJob: a Job each minute, named by it, and three are kept", () => {
  const cronJob = workload(
    "CronJob",
    "cj",
    {
      schedule: "* * * * *",
      successfulJobsHistoryLimit: 3,
      jobTemplate: { spec: { completions: 1, template: template("cj", undefined, { restartPolicy: "Never" }) } },
    },
    "batch/v1",
  );
  const scene = stage([[at.cronJobs, cronJob]]);
  scene.pass(60_000);
  const minute = Math.floor(scene.clock.now() / 60_000);
  expect(names(scene.list(at.jobs))).toEqual([`cj-${minute}`]);
  for (let passed = 0; passed < 5; passed++) scene.pass(60_000);
  expect(names(scene.list(at.jobs))).toEqual([3, 4, 5].map((later) => `cj-${minute + later}`));
  expect(scene.get<CronJob>(at.cronJobs, "cj").status).toMatchObject({
    lastScheduleTime: time,
    lastSuccessfulTime: time,
  });
});

describe("Pods", () => {
  const pod = (spec: object): KubeObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: ns },
    spec: { containers: [{ name: "c", image: "i" }], ...spec },
  });
  const configMap: KubeObject = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "cm", namespace: ns },
    data: { key: "value" },
  };
  const waits: [name: string, spec: object, reason: string, message: string][] = [
    [
      "an environment",
      { containers: [{ name: "c", image: "i", envFrom: [{ configMapRef: { name: "cm" } }] }] },
      "CreateContainerConfigError",
      'configmap "cm" not found',
    ],
    [
      "a key",
      {
        containers: [
          { name: "c", image: "i", env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "cm", key: "key" } } }] },
        ],
      },
      "CreateContainerConfigError",
      'configmap "cm" not found',
    ],
    [
      "a volume",
      { volumes: [{ name: "v", configMap: { name: "cm" } }] },
      "ContainerCreating",
      'MountVolume.SetUp failed for volume: configmap "cm" not found',
    ],
  ];
  test.for(waits)("wait for %s that is missing, and start when it comes", ([, spec, reason, message]) => {
    const scene = stage([[at.pods, pod(spec)]]);
    expect(scene.get<Pod>(at.pods, "p").status).toMatchObject({
      phase: "Pending",
      containerStatuses: [{ state: { waiting: { reason, message } } }],
    });
    scene.access.create(at.configMaps, configMap);
    scene.pass();
    expect(scene.get<Pod>(at.pods, "p").status).toMatchObject({
      phase: "Running",
      containerStatuses: [{ ready: true }],
    });
  });
  test("do not wait for what is optional", () => {
    const scene = stage([[at.pods, pod({ volumes: [{ name: "v", secret: { secretName: "s", optional: true } }] })]]);
    expect(scene.get<Pod>(at.pods, "p").status?.phase).toBe("Running");
  });
  test("crash again and again, ever more slowly", () => {
    const scene = stage([
      [at.pods, { ...pod({}), metadata: { name: "p", namespace: ns, annotations: { "eddy.sh/simulate": "crash" } } }],
    ]);
    const restarts = (): number | undefined =>
      scene.get<Pod>(at.pods, "p").status?.containerStatuses?.[0]?.restartCount;
    const seen = [restarts()];
    for (const waitMs of [10_000, 20_000, 40_000]) {
      scene.pass(waitMs - 1_000);
      expect(restarts()).toBe(seen.at(-1));
      scene.pass(1_000);
      seen.push(restarts());
    }
    expect(seen).toEqual([1, 2, 3, 4]);
  });
});

test("Service: slice, Endpoints and a load balancer's address follow its Pods", () => {
  const service: KubeObject = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "svc", namespace: ns },
    spec: { type: "LoadBalancer", selector: { app: "d" }, ports: [{ name: "http", port: 80, targetPort: "web" }] },
  };
  const withPort = {
    ...template("d"),
    spec: { containers: [{ name: "c", image: "i", ports: [{ name: "web", containerPort: 8080 }] }] },
  };
  const scene = stage([
    [at.services, service],
    [at.deployments, deployment(undefined, { template: withPort })],
  ]);
  scene.pass();
  const pods = scene.list<Pod>(at.pods);
  expect(scene.list(at.endpointSlices)).toMatchObject([
    {
      metadata: {
        generateName: "svc-",
        labels: {
          "kubernetes.io/service-name": "svc",
          "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        },
        ownerReferences: [{ kind: "Service", name: "svc" }],
      },
      addressType: "IPv4",
      endpoints: pods.map(({ metadata, status }) => ({
        addresses: [status?.podIP],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: "node-1",
        targetRef: { kind: "Pod", namespace: ns, name: metadata.name, uid: metadata.uid },
      })),
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    },
  ]);
  expect(scene.get(at.endpoints, "svc")).toMatchObject({
    subsets: [
      {
        addresses: pods.map(({ status }) => ({ ip: status?.podIP })),
        ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      },
    ],
  });
  expect(scene.get(at.services, "svc")["status"]).toEqual({
    loadBalancer: { ingress: [{ ip: "192.0.2.1", ipMode: "VIP" }] },
  });
  change<Deployment>(scene, at.deployments, "d", ({ spec }) => void (spec.replicas = 0));
  scene.pass();
  expect(scene.list(at.endpointSlices)).toMatchObject([{ endpoints: [] }]);
  scene.access.delete(at.services, ns, "svc");
  scene.pass();
  expect([scene.list(at.endpointSlices), scene.list(at.endpoints)]).toEqual([[], []]);
});

describe("claims", () => {
  const claim = (spec: object = {}): KubeObject => ({
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "pvc", namespace: ns, finalizers: ["kubernetes.io/pvc-protection"] },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
  });
  test("are bound to a new volume of the default class, which goes with them", () => {
    const scene = stage([[at.claims, claim()]]);
    const bound = scene.get(at.claims, "pvc");
    const volume = `pvc-${bound.metadata.uid}`;
    expect(bound).toMatchObject({
      spec: { volumeName: volume, storageClassName: "standard" },
      status: { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" } },
    });
    expect(scene.access.get(at.volumes, "", volume)).toMatchObject({
      spec: { claimRef: { name: "pvc", uid: bound.metadata.uid } },
      status: { phase: "Bound" },
    });
    scene.access.delete(at.claims, ns, "pvc");
    scene.pass();
    expect([scene.list(at.claims), scene.access.list(at.volumes)]).toEqual([[], []]);
  });
  test("of an unknown class stay pending and say so", () => {
    const scene = stage([[at.claims, claim({ storageClassName: "fast" })]]);
    expect(scene.get(at.claims, "pvc")["status"]).toBeUndefined();
    expect(scene.told()).toEqual([
      'PersistentVolumeClaim/pvc ProvisioningFailed: storageclass.storage.k8s.io "fast" not found',
    ]);
  });
});

test("PodDisruptionBudget and HorizontalPodAutoscaler count what there is", () => {
  const scene = stage([
    [at.deployments, deployment()],
    [
      at.disruptionBudgets,
      workload("PodDisruptionBudget", "pdb", { minAvailable: "50%", selector: selector("d") }, "policy/v1"),
    ],
    [
      at.autoscalers,
      workload(
        "HorizontalPodAutoscaler",
        "hpa",
        { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" }, minReplicas: 3, maxReplicas: 5 },
        "autoscaling/v2",
      ),
    ],
  ]);
  scene.pass(5_000);
  expect(scene.get(at.disruptionBudgets, "pdb")["status"]).toEqual({
    observedGeneration: 1,
    disruptionsAllowed: 1,
    currentHealthy: 3,
    desiredHealthy: 2,
    expectedPods: 3,
    conditions: [
      {
        type: "DisruptionAllowed",
        status: "True",
        observedGeneration: 1,
        lastTransitionTime: time,
        reason: "SufficientPods",
        message: "",
      },
    ],
  });
  expect(scene.get(at.autoscalers, "hpa")["status"]).toMatchObject({
    currentReplicas: 3,
    desiredReplicas: 3,
    conditions: [
      { type: "AbleToScale", status: "True", reason: "SucceededGetScale" },
      { type: "ScalingActive", status: "False", reason: "FailedGetResourceMetric" },
    ],
  });
});

test("Ingress gets the address that is configured, and none when that is empty", () => {
  const ingress = workload("Ingress", "i", {}, "networking.k8s.io/v1");
  expect(
    stage([[at.ingresses, ingress]], { loadBalancerAddress: "lb.example.org" }).get(at.ingresses, "i")["status"],
  ).toEqual({ loadBalancer: { ingress: [{ hostname: "lb.example.org" }] } });
  expect(
    stage([[at.ingresses, ingress]], { loadBalancerAddress: "" }).get(at.ingresses, "i")["status"],
  ).toBeUndefined();
});

test("a namespace gets its ServiceAccount and root certificate, and gets them back", () => {
  const scene = stage([[at.namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: ns } }]], {
    rootCertificate: "PEM",
  });
  expect(scene.get(at.configMaps, "kube-root-ca.crt")["data"]).toEqual({ "ca.crt": "PEM" });
  scene.access.delete(at.serviceAccounts, ns, "default");
  scene.pass();
  expect(names(scene.list(at.serviceAccounts))).toEqual(["default"]);
});

describe("garbage collection", () => {
  const all = (scene: Scene): number => scene.list(at.replicaSets).length + scene.list(at.pods).length;
  test("background: the dependents follow", () => {
    const scene = stage([[at.deployments, deployment()]]);
    scene.access.delete(at.deployments, ns, "d");
    expect(scene.list(at.deployments)).toEqual([]);
    scene.pass();
    expect(all(scene)).toBe(0);
  });
  test("foreground: the owner goes last", () => {
    const scene = stage([[at.deployments, deployment()]]);
    const order: string[] = [];
    scene.access.watch(
      [at.deployments, at.replicaSets, at.pods],
      ({ type, object }) => void (type === "DELETED" && order.push(object.kind)),
    );
    scene.access.delete(at.deployments, ns, "d", { propagationPolicy: "Foreground" });
    scene.pass();
    expect(order).toEqual(["Pod", "Pod", "ReplicaSet", "Deployment"]);
  });
  test("orphan: the dependents stay, and a Deployment of the same name takes them back", () => {
    const scene = stage([[at.deployments, deployment()]]);
    const before = names(scene.list(at.pods));
    scene.access.delete(at.deployments, ns, "d", { propagationPolicy: "Orphan" });
    scene.pass();
    expect([scene.list(at.deployments), names(scene.list(at.pods))]).toEqual([[], before]);
    expect(scene.list(at.replicaSets)[0]?.metadata.ownerReferences).toEqual([]);
    scene.access.create(at.deployments, deployment());
    scene.pass();
    expect(names(scene.list(at.pods))).toEqual(before);
    expect(scene.list(at.replicaSets)).toHaveLength(1);
  });
  test("an object whose owner never was is deleted, one with another owner only loses the reference", () => {
    const owner = (name: string, uid: string): object => ({ apiVersion: "v1", kind: "ConfigMap", name, uid });
    const configMap = (name: string, owners: object[]): KubeObject => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: ns, ownerReferences: owners as never },
    });
    const scene = stage([[at.configMaps, configMap("a", [])]]);
    const uid = scene.get(at.configMaps, "a").metadata.uid ?? "";
    scene.access.create(at.configMaps, configMap("lost", [owner("x", "never")]));
    scene.access.create(at.configMaps, configMap("kept", [owner("x", "never"), owner("a", uid)]));
    scene.pass();
    expect(names(scene.list(at.configMaps))).toEqual(["a", "kept"]);
    expect(scene.get(at.configMaps, "kept").metadata.ownerReferences).toEqual([owner("a", uid)]);
  });
});

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Deployment, StatefulSet } from "../frame/shapes.ts";
import { resolveCount } from "../frame/resolve-count.ts";
import { planRollout, rolloutBounds, type RolloutSet } from "./plan-rollout.ts";
import { planStatefulSet, type OrdinalPod } from "./plan-stateful-set.ts";

const set = (name: string, replicas: number, available: number = replicas): RolloutSet => ({
  name,
  replicas,
  existing: replicas,
  available,
  terminating: 0,
});
const deployment = (
  replicas: number,
  maxSurge: number | string,
  maxUnavailable: number | string,
  type: "RollingUpdate" | "Recreate" = "RollingUpdate",
): Deployment["spec"] => ({
  replicas,
  selector: {},
  template: { spec: { containers: [] } },
  strategy: { type, rollingUpdate: { maxSurge, maxUnavailable } },
});

describe("planRollout", () => {
  const cases: [name: string, spec: Deployment["spec"], newest: RolloutSet, old: RolloutSet[], want: string[]][] = [
    ["nothing old: all at once", deployment(4, "25%", "25%"), set("new", 0), [], ["new 0→4"]],
    ["as many as the surge allows", deployment(4, 1, 0), set("new", 0), [set("old", 4)], ["new 0→1"]],
    ["no old goes before a new one is available", deployment(4, 1, 0), set("new", 1, 0), [set("old", 4)], []],
    ["one old goes for each available new one", deployment(4, 1, 0), set("new", 1), [set("old", 4)], ["old 4→3"]],
    ["without surge the old make room", deployment(4, 0, 1), set("new", 0), [set("old", 4)], ["old 4→3"]],
    ["both zero count as one unavailable", deployment(4, 0, 0), set("new", 0), [set("old", 4)], ["old 4→3"]],
    [
      "broken old ones go first",
      deployment(4, 1, 1),
      set("new", 1),
      [set("broken", 2, 0), set("old", 2)],
      ["broken 2→0"],
    ],
    ["a smaller number scales the new one down", deployment(2, 1, 0), set("new", 4), [], ["new 4→2"]],
    ["Recreate: first all old ones down", deployment(2, 1, 0, "Recreate"), set("new", 0), [set("old", 2)], ["old 2→0"]],
    [
      "Recreate: wait for those that still end",
      deployment(2, 1, 0, "Recreate"),
      set("new", 0),
      [{ ...set("old", 0), terminating: 1 }],
      [],
    ],
    ["Recreate: then the new ones", deployment(2, 1, 0, "Recreate"), set("new", 0), [set("old", 0)], ["new 0→2"]],
    ["done", deployment(2, 1, 0), set("new", 2), [set("old", 0)], []],
  ];
  test.for(cases)("%s", ([, spec, newest, old, want]) => {
    expect(planRollout(spec, newest, old).map(({ name, from, to }) => `${name} ${from}→${to}`)).toEqual(want);
  });

  test("comes to its end from anywhere and never leaves its bounds", () => {
    const size = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        size,
        size,
        fc.array(size, { maxLength: 3 }),
        (replicas, surge, unavailable, olds) => {
          const spec = deployment(replicas, surge, unavailable);
          const { maxSurge } = rolloutBounds(spec);
          let sets = [set("new", 0), ...olds.map((count, index) => set(`old${index}`, count))];
          const startTotal = sets.reduce((sum, { replicas: count }) => sum + count, 0);
          for (let step = 0; step < 50; step++) {
            const [newest, ...old] = sets as [RolloutSet, ...RolloutSet[]];
            const plan = planRollout(spec, newest, old);
            if (plan.length === 0) break;
            // Everything becomes available between two steps.
            sets = sets.map((each) => set(each.name, plan.find(({ name }) => name === each.name)?.to ?? each.replicas));
            const total = sets.reduce((sum, { replicas: count }) => sum + count, 0);
            expect(total).toBeLessThanOrEqual(Math.max(startTotal, replicas + maxSurge));
            expect(sets.every(({ replicas: count }) => count >= 0)).toBe(true);
          }
          expect(sets.map(({ replicas: count }) => count)).toEqual([replicas, ...olds.map(() => 0)]);
        },
      ),
    );
  });
});

describe("planStatefulSet", () => {
  const pod = (ordinal: number, extra: Partial<OrdinalPod> = {}): OrdinalPod => ({
    ordinal,
    revision: "b",
    ready: true,
    finished: false,
    terminating: false,
    ...extra,
  });
  const spec = (replicas: number, extra: Partial<StatefulSet["spec"]> = {}): StatefulSet["spec"] => ({
    replicas,
    selector: {},
    template: { spec: { containers: [] } },
    ...extra,
  });
  const parallel = { podManagementPolicy: "Parallel" } as const;
  const cases: [name: string, spec: StatefulSet["spec"], pods: OrdinalPod[], want: string[]][] = [
    ["the first alone", spec(3), [], ["create 0 b"]],
    ["the next when it is ready", spec(3), [pod(0)], ["create 1 b"]],
    ["not before", spec(3), [pod(0, { ready: false })], []],
    ["all at once in parallel", spec(3, parallel), [pod(1)], ["create 0 b", "create 2 b"]],
    ["ordinals may begin elsewhere", spec(1, { ordinals: { start: 5 } }), [], ["create 5 b"]],
    ["the last goes first", spec(1), [pod(0), pod(1), pod(2)], ["delete 2"]],
    ["and nothing else while it does", spec(1), [pod(0), pod(1), pod(2, { terminating: true })], []],
    ["one that failed is made again", spec(1), [pod(0, { finished: true, ready: false })], ["delete 0"]],
    ["an update begins at the end", spec(2), [pod(0, { revision: "a" }), pod(1, { revision: "a" })], ["delete 1"]],
    ["and waits for each", spec(2), [pod(0, { revision: "a" }), pod(1, { ready: false })], []],
    [
      "down to the partition",
      spec(2, { updateStrategy: { rollingUpdate: { partition: 1 } } }),
      [pod(0, { revision: "a" }), pod(1)],
      [],
    ],
    [
      "below it the old revision is made",
      spec(2, { updateStrategy: { rollingUpdate: { partition: 1 } } }),
      [pod(1)],
      ["create 0 a"],
    ],
    [
      "OnDelete leaves updates to people",
      spec(1, { updateStrategy: { type: "OnDelete" } }),
      [pod(0, { revision: "a" })],
      [],
    ],
  ];
  test.for(cases)("%s", ([, given, pods, want]) => {
    const steps = planStatefulSet(given, pods, { current: "a", update: "b" });
    expect(
      steps.map((step) =>
        step.name === "create" ? `create ${step.ordinal} ${step.revision}` : `delete ${step.ordinal}`,
      ),
    ).toEqual(want);
  });
});

test.for([
  ["25%", 10, "up", 3],
  ["25%", 10, "down", 2],
  ["0%", 10, "up", 0],
  ["100%", 3, "down", 3],
  [2, 10, "up", 2],
] as const)("%s of %s, rounded %s, is %s", ([value, total, round, want]) =>
  expect(resolveCount(value, total, round)).toBe(want),
);

import { isDeepStrictEqual } from "node:util";
import { startControlPlane } from "@eddy/control-plane";
import { normaliseAnswer, type Answer, type ContractFetch } from "@eddy/control-plane/contract";
import { isObject, type Json, type JsonObject } from "@eddy/core/json";
import { contractFetch } from "./control-plane.ts";
import { randomFrom, type Random } from "./control-plane-objects.ts";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";

/** Random writes by several managers, the same on both servers, compared after each step. */
export const suite: Suite = {
  name: "control-plane-fuzz",
  summary: "random applies, patches and updates on the embedded API server and on kube-apiserver",
  async run(report, options) {
    const name = `random writes with seed ${options.seed}`;
    const real = await startRealControlPlane(
      options.upstreamBin === undefined ? {} : { upstreamBin: options.upstreamBin },
    );
    if (!real) return report.skip(name, "kube-apiserver is not built (npm run upstream)");
    const embedded = await startControlPlane();
    try {
      const servers = {
        embedded: contractFetch(embedded.url, embedded.caCert, embedded.adminToken),
        real: contractFetch(real.url, real.caCert, real.tokens.admin),
      };
      await fuzz(report, options, name, servers);
    } finally {
      await embedded.stop();
      await real.stop();
    }
  },
};

interface Servers {
  embedded: ContractFetch;
  real: ContractFetch;
}

interface Step {
  method: string;
  path: string;
  type: string;
  body: string;
}

const namespace = "fuzz";
/** The last one deletes the object: a cluster has no more than so many addresses for Services. */
const stepsPerObject = 7;

async function fuzz(report: Report, options: SuiteOptions, name: string, servers: Servers): Promise<void> {
  const random = randomFrom(options.seed);
  const json = { "content-type": "application/json" };
  for (const fetch of Object.values(servers)) {
    await fetch("POST", "/api/v1/namespaces", JSON.stringify({ metadata: { name: namespace } }), json);
  }
  const endMs = performance.now() + options.budgetMs;
  let steps = 0;
  for (let object = 0; performance.now() < endMs; object++) {
    const fault = await fuzzObject(random, `x${object}`, servers);
    steps += stepsPerObject;
    if (fault !== undefined) return report.fail(name, `object ${object}: ${fault}`);
  }
  report.note(`${steps} steps`);
  report.pass(name);
}

async function fuzzObject(random: Random, name: string, servers: Servers): Promise<string | undefined> {
  const kind = random.kind();
  const path = `${kind.path.replace("{ns}", namespace)}/${name}`;
  const done: Step[] = [];
  for (let count = 0; count < stepsPerObject; count++) {
    const isLast = count === stepsPerObject - 1;
    const object = { ...kind.make(), metadata: { ...random.metadata(), name } };
    const step = isLast ? deletion(path) : nextStep(random, path, object);
    done.push(step);
    const send = async (fetch: ContractFetch): Promise<Answer> =>
      comparable(
        normaliseAnswer(
          await fetch(step.method, step.path, step.body, { "content-type": step.type, accept: "application/json" }),
          namespace,
          false,
        ),
      );
    const [found, wanted] = await Promise.all([send(servers.embedded), send(servers.real)]);
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(found)), JSON.parse(JSON.stringify(wanted)))) continue;
    const script = done.map(({ method, path, body }) => `  ${method} ${path} ${body}`).join("\n");
    return `\n${script}\n  embedded ${JSON.stringify(found)}\n  real     ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

function deletion(path: string): Step {
  return { method: "DELETE", path, type: "application/json", body: "{}" };
}

const documents = ["/metadata/labels", "/metadata/annotations", "/data", "/spec/replicas", "/metadata/labels/a"];

function nextStep(random: Random, path: string, object: JsonObject): Step {
  const choice = random.below(10);
  const step = (method: string, type: string, query: string, body: Json = object): Step => ({
    method,
    path: `${path}?${query}`,
    type,
    body: JSON.stringify(body),
  });
  if (choice < 6) {
    const query = `fieldManager=${random.pick(["m1", "m2", "m3"])}${random.below(3) > 0 ? "" : "&force=true"}${random.below(6) > 0 ? "" : "&dryRun=All"}`;
    return step("PATCH", "application/apply-patch+yaml", query);
  }
  if (choice === 6) return step("PATCH", "application/merge-patch+json", "fieldManager=merge");
  if (choice === 7) return step("PATCH", "application/strategic-merge-patch+json", "fieldManager=strategic");
  if (choice === 8) return step("PUT", "application/json", "fieldManager=put");
  const operation = {
    op: random.pick(["add", "replace", "remove"]),
    path: random.pick(documents),
    value: random.pick<Json>([{}, { a: "9" }, 2]),
  };
  return step("PATCH", "application/json-patch+json", "fieldManager=json", [operation]);
}

/** Of a refusal, the code, the reason and which fields; its words, and warnings, are the contract's business. */
function comparable(answer: Answer): Answer {
  if (answer.status < 400 || !isObject(answer.body)) return { ...answer, warnings: [] };
  const details = isObject(answer.body["details"]) ? answer.body["details"] : {};
  const causes = Array.isArray(details["causes"]) ? details["causes"] : [];
  const fields = causes
    .map((cause) => (isObject(cause) ? `${String(cause["reason"])} ${String(cause["field"])}` : ""))
    .toSorted();
  return { status: answer.status, type: "", warnings: [], body: [answer.body["reason"] ?? "", ...fields] };
}

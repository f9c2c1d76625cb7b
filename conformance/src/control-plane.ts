import { writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startControlPlane } from "@eddy/control-plane";
import {
  contractCases,
  knownDifferences,
  runCase,
  type Answer,
  type ContractFetch,
} from "@eddy/control-plane/contract";
import { messageOf } from "@eddy/core/errors";
import { startRealControlPlane } from "./real-control-plane.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { repositoryRoot } from "./upstream.ts";

const goldens = join(repositoryRoot, "embedded/control-plane/src/testing/testdata/contract.json");

/** The API contract, case by case, on the embedded server and on kube-apiserver. `EDDY_UPDATE_GOLDENS=1` records the original's answers. */
export const suite: Suite = {
  name: "control-plane",
  summary: "the embedded API server beside kube-apiserver, answer by answer",
  async run(report, options) {
    const real = await startRealControlPlane(
      options.upstreamBin === undefined ? {} : { upstreamBin: options.upstreamBin },
    );
    if (!real) {
      for (const { name } of contractCases) report.skip(name, "kube-apiserver is not built (npm run upstream)");
      return;
    }
    const embedded = await startControlPlane();
    try {
      const servers = {
        embedded: contractFetch(embedded.url, embedded.caCert, embedded.adminToken),
        real: contractFetch(real.url, real.caCert, real.tokens.admin),
      };
      await compareAll(report, options, servers);
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

async function compareAll(report: Report, options: SuiteOptions, servers: Servers): Promise<void> {
  const recorded: Record<string, Answer[]> = {};
  for (const [index, contractCase] of contractCases.entries()) {
    const { name } = contractCase;
    if (options.filter !== undefined && !name.includes(options.filter)) continue;
    const namespace = `contract-${index}`;
    const wanted = await runCase(servers.real, contractCase, namespace, pause);
    recorded[name] = wanted;
    const found = await runCase(servers.embedded, contractCase, namespace, pause);
    judge(report, name, found, wanted);
  }
  if (process.env["EDDY_UPDATE_GOLDENS"] === "1" && options.filter === undefined) {
    writeFileSync(goldens, `${JSON.stringify(recorded, undefined, 1)}\n`);
    report.note(`recorded the answers of ${Object.keys(recorded).length} cases`);
  }
}

function judge(report: Report, name: string, found: readonly Answer[], wanted: readonly Answer[]): void {
  const faults = wanted.flatMap((answer, step) =>
    isDeepStrictEqual(found[step], answer) ? [] : [difference(step, found[step], answer)],
  );
  const known = knownDifferences.find((each) => each.case === name);
  if (faults.length === 0 && known)
    report.fail(name, `passes, yet it is in the list of known differences: ${known.reason}`);
  else if (faults.length === 0) report.pass(name);
  else if (known) report.skip(name, known.reason);
  else report.fail(name, faults.join("\n"));
}

function difference(step: number, found: Answer | undefined, wanted: Answer): string {
  return `step ${step}:\n  embedded ${JSON.stringify(found)}\n  real     ${JSON.stringify(wanted)}`;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

/** Plain HTTPS with a bearer token. */
export function contractFetch(url: string, ca: string, token: string): ContractFetch {
  const agent = new Agent({ keepAlive: true, ca });
  return (method, path, body, headers) =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${url}${path}`,
        {
          method,
          agent,
          headers: {
            ...headers,
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        },
      );
      sent.on("error", (error) => reject(new Error(`${method} ${path}: ${messageOf(error)}`)));
      sent.end(body);
    });
}

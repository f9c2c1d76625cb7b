/**
 * `npm run bench [-- NAME… --no-peer --output json]`: the same work done by Eddy and by its peer, one after the other on a
 * fresh real control plane, as absolutes and ratios. Figures are printed, never asserted.
 */
import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repositoryRoot } from "@eddy/conformance/upstream";
import { formatMeasurement, type Measurement } from "./measurement.ts";
import { scenarios } from "./scenarios.ts";
import { eddy, flux, fluxWithHelm, fluxWithImages, type Peer } from "./world/peers.ts";

interface Row {
  ours: Measurement;
  theirs: Measurement | undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { peer: { type: "boolean", default: true }, output: { type: "string", default: "table" } },
  allowNegative: true,
});
const build = spawnSync(process.execPath, [join(repositoryRoot, "tools/src/build.ts")], { stdio: ["ignore", 2, 2] });
if (build.status !== 0) throw new Error("the product does not build: see above");
const names = positionals.length > 0 ? positionals : Object.keys(scenarios);
const rows: Row[] = [];
for (const name of names) {
  const scenario = scenarios[name];
  if (!scenario) throw new Error(`there is no bench "${name}"; there are ${Object.keys(scenarios).join(", ")}`);
  console.error(`${name}: ${scenario.summary}`);
  const ours = await scenario.run(eddy);
  const peer = scenario.withImages ? fluxWithImages : scenario.withHelm ? fluxWithHelm : flux;
  const theirs = scenario.eddyOnly || !values.peer ? [] : await runPeer(peer, scenario.run);
  rows.push(
    ...ours.map((measurement) => ({
      ours: measurement,
      theirs: theirs.find(({ what, value }) => what === measurement.what && Number.isFinite(value)),
    })),
  );
}
if (values.output === "json") console.log(JSON.stringify(rows, undefined, 2));
else print(rows);
process.exit(0);

async function runPeer(peer: Peer, run: (peer: Peer) => Promise<Measurement[]>): Promise<Measurement[]> {
  if (peer.unavailable === undefined) return run(peer);
  console.error(`  ${peer.name} is left out: ${peer.unavailable}`);
  return [];
}

function print(all: readonly Row[]): void {
  console.log(
    `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`,
  );
  console.log(`| | original | Eddy | wanted | ratio |\n|---|---|---|---|---|`);
  for (const { ours, theirs } of all) {
    const ratio = theirs ? `${(theirs.value / ours.value).toFixed(1)}×` : "";
    console.log(
      `| ${ours.what} | ${theirs ? formatMeasurement(theirs) : "–"} | ${formatMeasurement(ours)} | ${ours.want ?? ""} | ${ratio} |`,
    );
  }
}

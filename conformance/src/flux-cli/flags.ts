import type { Report, SuiteOptions } from "../suite.ts";
import { runEddy, runFlux } from "./run-both.ts";
import type { CliWorld } from "./world.ts";

const kinds = ["source git", "kustomization", "alert", "alert-provider", "receiver"];
const plurals = ["sources git", "kustomizations", "alerts", "alert-providers", "receivers"];
const verbs = ["create", "export", "reconcile", "suspend", "resume", "delete"];

/** Commands whose flags are compared. */
const commands: readonly string[] = [
  ...verbs.flatMap((verb) => kinds.map((kind) => `${verb} ${kind}`)),
  ...["all", ...plurals].map((kind) => `get ${kind}`),
  "build kustomization",
  "check",
  ...["git", "githubapp", "helm", "notation", "oci", "proxy", "tls"].map((kind) => `create secret ${kind}`),
  "create secret receiver",
  "create tenant",
  "debug kustomization",
  "diff kustomization",
  "envsubst",
  "events",
  "logs",
  "migrate",
  "stats",
  "trace",
  "tree kustomization",
  "trigger receiver",
  "version",
];

// Flux makes a flag of each of its commands for what it then refuses.
const refusedByFlux = new Set(["reconcile alert", "reconcile alert-provider", "reconcile receiver"]);

/** Every flag that flux takes, eddy takes, by the same letter. */
export async function compareFlags(world: CliWorld, report: Report, { filter }: SuiteOptions): Promise<void> {
  for (const command of commands) {
    const name = `flags of ${command}`;
    if (filter !== undefined && !name.includes(filter)) continue;
    const words = [...command.split(" "), "--help"];
    const theirs = await runFlux(words, world.place);
    const ours = await runEddy(words, world.place);
    if (theirs.code !== 0 && refusedByFlux.has(command)) {
      report.skip(name, "flux has no such command");
      continue;
    }
    const [want, have] = [flagsOf(theirs.stdout), flagsOf(ours.stdout)];
    const lacking = [...want].filter(([flag, letter]) =>
      have.has(flag) ? letter !== "" && have.get(flag) !== letter : !silent.includes(flag),
    );
    if (want.size > 0 && lacking.length === 0) report.pass(name);
    else
      report.fail(name, `lacks ${lacking.map(([flag, letter]) => `--${flag} ${letter}`).join(", ") || "every flag"}`);
  }
}

// Taken and without effect, so that no help names them.
const silent = ["cache-dir", "disable-compression", "interval", "poll-interval"];

/** The letters of the flags that a help names, its own and the global ones, by name. */
function flagsOf(text: string): Map<string, string> {
  const help = text.slice(text.search(/^(Global )?Flags:/m));
  const found = [...help.matchAll(/^\s+(?:-(\w), )?--([\w-]+)/gm)];
  return new Map(found.map(([, letter = "", name = ""]) => [name, letter]));
}

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../upstream.ts";
import { run, startEddy, type RunningEddy } from "./eddy-command.ts";
import { readmeCommands } from "./readme-commands.ts";

interface Expected {
  code?: number;
  said: readonly (string | RegExp)[];
  /** A person looks again: Events are written a moment after what they tell of. */
  soon?: boolean;
}

/** What a command of the README prints, and its exit code where that is not 0. */
const expected: Readonly<Record<string, Expected>> = {
  "npx eddy get kustomizations -A": {
    said: [/flux-system\s+tenants\s+main@sha1:\w{8}\s+False\s+True/, /team-a\s+apps\s/, /team-b\s+apps\s/],
  },
  "npx eddy tree kustomization tenants": {
    said: [
      "Kustomization/flux-system/tenants\n",
      "├── Namespace/team-a",
      "Kustomization/team-a/apps",
      "Deployment/team-a/web",
    ],
  },
  "npx eddy trace deployment web": {
    said: [/Object:\s+Deployment\/web/, /Kustomization:\s+apps/, /GitRepository:\s+team-a/],
  },
  "npx eddy debug kustomization apps": { said: ["greeting=Hello from team A\nreplicas=2\nteam=team-a\n"] },
  "npx eddy diff kustomization config": {
    code: 1,
    said: [
      "► ConfigMap/team-a/settings drifted\n\ndata.replicas\n± value change\n- 2\n+ 3\n",
      "identified at least one change",
    ],
  },
  "npx eddy reconcile kustomization config": { said: ["✔ applied revision main@sha1:"] },
  "npx eddy reconcile kustomization apps -n team-a": { said: ["✔ applied revision main@sha1:"] },
  "npx eddy events -n team-a": { said: ["Deployment/team-a/web configured"], soon: true },
  "npx eddy secret decrypt": { said: ["password: correct-horse-battery-staple"] },
  "npx eddy build kustomization config": { said: ["password: '**SOPS**'", "greeting: Hello from team A"] },
  "npx eddy get kustomizations -A --status-selector": { said: [/team-b\s+apps\s.*Forbidden/] },
};
// The last two lines of the walk through the breach: the same command, before and after it is taken back.
const breached: readonly Expected[] = [
  { code: 1, said: [/ConfigMap\/team-a\/settings dry-run failed \(Forbidden\).*system:serviceaccount:team-b:team-b/] },
  { code: 0, said: ["✔ applied revision main@sha1:"] },
];

const maxLooks = 20;

/**
 * Runs the commands of `examples/README.md` as they stand there, in a folder of their own; `told` hears of each that did what it
 * says.
 * @throws AssertionError naming the command that did not
 */
export async function followReadme(dir: string, told: (command: string) => void): Promise<void> {
  const exported = [`export PATH=${shimsIn(dir)}:$PATH`];
  const breaches = [...breached];
  let eddy: RunningEddy | undefined;
  try {
    for (const { text, stays } of readmeCommands(readFileSync(join(repositoryRoot, "examples/README.md"), "utf8"))) {
      const command = text.replaceAll("/tmp/eddy-fleet", join(dir, "fleet"));
      if (stays) {
        eddy = startEddy([...command.split(" ").slice(2), "--output", "json"]);
        await eddy.line("the ready report", (line) => (line.includes('"readyMs"') ? line : undefined), 60_000);
      } else if (text.startsWith("export ")) exported.push(command);
      else await check(text, [...exported, command].join("\n"), expectedOf(text, breaches));
      told(text);
    }
    equal(breaches.length, 0);
  } finally {
    eddy?.kill();
  }
}

/** A folder with an `npx` that runs this repository's command. */
function shimsIn(dir: string): string {
  const shims = join(dir, "bin");
  mkdirSync(shims);
  const command = join(repositoryRoot, "apps/cli/bin/eddy.mjs");
  writeFileSync(join(shims, "npx"), `#!/bin/sh\nshift\nexec ${process.execPath} ${command} "$@"\n`);
  chmodSync(join(shims, "npx"), 0o755);
  return shims;
}

async function check(text: string, script: string, { code = 0, said, soon = false }: Expected): Promise<void> {
  const look = async (): ReturnType<typeof run> =>
    run("sh", ["-c", script], { cwd: repositoryRoot, timeoutMs: 60_000 });
  let result = await look();
  const isSaid = (part: string | RegExp): boolean =>
    typeof part === "string" ? result.stdout.includes(part) : part.test(result.stdout);
  const most = soon ? maxLooks : 1;
  for (let looks = 1; looks < most && !said.every(isSaid); looks++) result = await look();
  const output = result.stdout + result.stderr;
  deepEqual({ command: text, code: result.code }, { command: text, code }, `${text}: ${output}`);
  for (const part of said) {
    if (typeof part === "string") ok(output.includes(part), `${text}: want ${JSON.stringify(part)} in ${output}`);
    else match(output, part);
  }
}

function expectedOf(text: string, breaches: Expected[]): Expected {
  if (text.startsWith("npx eddy reconcile kustomization apps -n team-b")) return breaches.shift() as Expected;
  const known = Object.keys(expected).filter((start) => text.startsWith(start));
  const longest = known.toSorted((left, right) => right.length - left.length)[0];
  return (longest === undefined ? undefined : expected[longest]) ?? { said: [] };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "@eddy/core/errors";
import { publish } from "@eddy/nats";
import { startGoOracle, type GoOracle } from "./go-oracle.ts";
import {
  serverCases,
  type Certificates,
  type Keys,
  type Material,
  type Message,
  type ServerCase,
} from "./nats/cases.ts";
import { startNatsServer } from "./nats/start-nats-server.ts";
import type { Report, Suite, SuiteOptions } from "./suite.ts";
import { upstreamProgram } from "./upstream.ts";

interface Answer<Result> {
  Result: Result | null;
  Error: string;
}

/** What became of a message. */
interface Outcome {
  /** Empty when it was taken. */
  refusal: string;
  arrived: unknown;
}

const timeoutMs = 5_000;

async function ask<Result>(oracle: GoOracle, question: object): Promise<Result> {
  const { Result, Error: problem } = await oracle.ask<Answer<Result>>(question);
  if (problem !== "") throw new Error(problem);
  return Result as Result;
}

function questionOf(message: Omit<Message, "name" | "want">, host: string): object {
  const { scheme = "nats", userInfo = "", subject = "flux.events", payload = '{"a":1}', login, tls } = message;
  const { caCert, identity } = tls ?? {};
  return {
    Address: `${scheme}://${userInfo}${host}`,
    Subject: subject,
    Payload: payload,
    Login: login ?? {},
    ...(tls ? { TLS: { CaCert: caCert ?? "", Cert: identity?.cert ?? "", Key: identity?.key ?? "" } } : {}),
  };
}

async function theirs(oracle: GoOracle, message: Message, host: string): Promise<Outcome> {
  const { Error: refusal } = await oracle.ask<Answer<null>>({ Do: "publish", ...questionOf(message, host) });
  return { refusal, arrived: await ask(oracle, { Do: "arrived" }) };
}

async function ours(oracle: GoOracle, message: Message, host: string): Promise<Outcome> {
  const { scheme = "nats", userInfo = "", subject = "flux.events", payload = '{"a":1}', login, tls } = message;
  const refusal = await publish({
    address: `${scheme}://${userInfo}${host}`,
    subject,
    payload,
    ...(login ? { login } : {}),
    ...(tls ? { tls } : {}),
    signal: AbortSignal.timeout(timeoutMs),
  }).then(
    () => "",
    (error: unknown) => messageOf(error),
  );
  return { refusal, arrived: await ask(oracle, { Do: "arrived" }) };
}

/** Undefined where both did what is wanted, and the same arrived. */
function difference(message: Message, own: Outcome, original: Outcome): string | undefined {
  const told = `ours: ${JSON.stringify(own)}, nats.go: ${JSON.stringify(original)}`;
  if (JSON.stringify(own.arrived) !== JSON.stringify(original.arrived)) return told;
  const outcomes = message.isUntoldUpstream ? [own] : [own, original];
  const isAsWanted = outcomes.every(({ refusal }) => (refusal === "" ? "taken" : "refused") === message.want);
  return isAsWanted ? undefined : `want ${message.want}; ${told}`;
}

async function runServer(report: Report, bench: Bench, server: ServerCase, filter: string): Promise<void> {
  const messages = server.messages.filter(({ name }) => `${server.name}: ${name}`.includes(filter));
  if (messages.length === 0) return;
  const { host, stop } = await bench.start(server.config);
  try {
    await ask(bench.oracle, { Do: "observe", ...questionOf(server.observer, host) });
    for (const message of messages) {
      const original = await theirs(bench.oracle, message, host);
      const problem = difference(message, await ours(bench.oracle, message, host), original);
      if (problem === undefined) report.pass(`${server.name}: ${message.name}`);
      else report.fail(`${server.name}: ${message.name}`, problem);
    }
  } finally {
    await stop();
  }
}

/** The message after a server has gone, to the one beside it; and to nobody when both have. */
async function runReconnect(report: Report, { oracle, start }: Bench): Promise<void> {
  const [first, second] = [await start(""), await start("")];
  const address = `${first.host},nats://${second.host}`;
  const message: Message = { name: "goes on with the next server", want: "taken" };
  await ask(oracle, { Do: "observe", ...questionOf({}, second.host) });
  const compare = async (each: Message): Promise<void> => {
    const own = await ours(oracle, each, address);
    const refused = (await oracle.ask<Answer<null>>({ Do: "publish", ...questionOf(each, address) })).Error;
    const isAsWanted = [own.refusal, refused].every((refusal) => (refusal === "" ? "taken" : "refused") === each.want);
    if (isAsWanted) report.pass(each.name);
    else report.fail(each.name, `want ${each.want}; ours: ${own.refusal}, nats.go: ${refused}`);
  };
  await first.stop();
  await compare(message);
  const third = await start("");
  await ask(oracle, { Do: "observe", ...questionOf({}, third.host) });
  await second.stop();
  await compare({ name: "says so when none is there", want: "refused" });
  await third.stop();
}

interface Bench {
  oracle: GoOracle;
  start(config: string): ReturnType<typeof startNatsServer>;
}

async function materialOf(oracle: GoOracle, folder: string): Promise<Material> {
  const keys = await ask<Keys>(oracle, { Do: "keys" });
  const certificates = await ask<Certificates>(oracle, { Do: "certificates" });
  const fileOf = (name: string): string => join(folder, `${name}.pem`);
  writeFileSync(fileOf("CaCert"), certificates.CaCert);
  for (const name of ["Server", "ElsewhereServer"] as const)
    for (const part of ["Cert", "Key"] as const)
      writeFileSync(fileOf(`${name}.${part}`), certificates[name][part], { mode: 0o600 });
  return { keys, certificates, fileOf };
}

async function runSuite(report: Report, options: SuiteOptions): Promise<void> {
  const program = upstreamProgram(options, "nats-server");
  if (program === undefined) return report.skip("all cases", "nats-server is not built: npm run upstream");
  const oracle = startGoOracle("nats", options.cacheDir);
  if (typeof oracle === "string") return report.skip("all cases", oracle);
  const folder = mkdtempSync(join(tmpdir(), "eddy-nats-"));
  let number = 0;
  const bench: Bench = {
    oracle,
    start: (config) => startNatsServer(program, join(folder, String(number++)), config),
  };
  try {
    const filter = options.filter ?? "";
    for (const server of serverCases(await materialOf(oracle, folder))) await runServer(report, bench, server, filter);
    if (filter === "") await runReconnect(report, bench);
  } finally {
    await oracle.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every message once by Flux's client and once by ours, to a real server; another client tells what arrived. */
export const suite: Suite = {
  name: "nats",
  summary: "messages to a real nats-server, by Flux's client and by ours",
  run: runSuite,
};

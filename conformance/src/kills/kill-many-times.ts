import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@eddy/core/clock";
import { messageOf } from "@eddy/core/errors";
import type { Bed } from "../bad-input/bed.ts";
import { startFaultProxy, type Fault, type FaultProxy } from "../bad-input/fault-proxy.ts";
import type { Random } from "../random.ts";
import type { Fleet } from "./fleet.ts";
import type { Incarnate } from "./incarnation.ts";

/** What a run of kills saw. */
export interface KillReport {
  /** Servers that were killed at the request that was chosen. */
  killed: number;
  /** Servers that had nothing more to do before it came, and were killed then. */
  finished: number;
  /** Where servers died: `before PATCH <path>`, `after …`, `7 ms after …`. */
  points: readonly string[];
}

/** Options of {@link killManyTimes}. */
export interface KillOptions {
  fleet: Fleet;
  random: Random;
  incarnate: Incarnate;
  isOver(kills: number): boolean;
}

/**
 * Lets a server deliver commits and kills it at a random point each time. After every death each object is in an inventory or a
 * stored release; at the end one server that lives makes the cluster equal what is wanted.
 */
export async function killManyTimes(bed: Bed, options: KillOptions): Promise<KillReport> {
  const { fleet, random, isOver } = options;
  const storage = mkdtempSync(join(bed.dir, "killed-"));
  const points: string[] = [];
  const graves: FaultProxy[] = [];
  let finished = 0;
  const explained = async (action: () => Promise<void>): Promise<void> => {
    await action().catch((error: unknown) => {
      throw new Error(`after ${points.slice(-5).join(", ")}: ${messageOf(error)}`, { cause: error });
    });
  };
  for (let kills = 0; !isOver(kills); kills++) {
    await change(fleet, random);
    // A pod that is placed elsewhere finds its volume empty.
    if (random.chance(0.1)) rmSync(storage, { recursive: true, force: true });
    await explained(async () => {
      const point = await live(bed, options, { storage, graves, chooseEnd: (proxy) => dieAt(proxy, random) });
      if (point === undefined) finished++;
      else points.push(point);
    });
    await explained(() => fleet.checkNothingOrphaned());
  }
  await explained(async () => {
    await fleet.commit();
    await live(bed, options, { storage, graves, chooseEnd: () => new Promise(() => undefined) });
    await fleet.checkNothingOrphaned();
    await bury(graves);
  });
  return { killed: points.length, finished, points };
}

interface Life {
  storage: string;
  /** Proxies of those who are dead: nothing is to come from there any more. */
  graves: FaultProxy[];
  chooseEnd(proxy: FaultProxy): Promise<string>;
}

/** Closes what the dead have left, once another one has lived. */
async function bury(graves: FaultProxy[]): Promise<void> {
  for (const proxy of graves.splice(0)) {
    await proxy.stop();
    // A watch that was being opened may be on its way still.
    const sent = proxy.faulted.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(sent, [], "a server that was stopped wrote");
  }
}

/**
 * One life, at a proxy of its own: a dead server has no connection. Ends at the point that was chosen, and resolves with it, or when
 * nothing is left to do. Asserts that a server that was stopped is silent.
 */
async function live(
  bed: Bed,
  { fleet, incarnate }: KillOptions,
  { storage, graves, chooseEnd }: Life,
): Promise<string | undefined> {
  const proxy = await startFaultProxy(bed.kubeConfig);
  const died = chooseEnd(proxy);
  const server = await incarnate(proxy, storage);
  const ended = server.ended.then(() => {
    throw new Error("the server ended by itself");
  });
  ended.catch(() => undefined);
  try {
    return (await Promise.race([died, ended, fleet.converged()])) ?? undefined;
  } finally {
    await server.kill();
    proxy.set(() => "cut");
    await proxy.settled();
    await bury(graves);
    if (server.isStopped) graves.push(proxy);
    else await proxy.stop();
  }
}

/** What a person does before the next death: mostly a commit, sometimes something is deleted, and comes back later. */
async function change(fleet: Fleet, random: Random): Promise<void> {
  for (const name of fleet.names) if (random.chance(fleet.isPresent(name) ? 0.05 : 0.4)) await fleet.toggle(name);
  if (random.chance(0.95)) await fleet.commit();
}

/**
 * Chooses where the next server dies, and resolves when it came there: before a write or dry-run reaches the API server, after one
 * was done and before the answer, or some milliseconds after any request, when it may be fetching, packing or building. From there
 * on nothing of it arrives.
 */
function dieAt(proxy: FaultProxy, random: Random): Promise<string> {
  const died = Promise.withResolvers<string>();
  const how = random.pick(["before", "after", "later"] as const);
  // A pass over everything makes about 45 of the one and 75 of the other.
  let left = random.below(how === "later" ? 70 : 40);
  const laterMs = random.below(30);
  let isDead = false;
  proxy.set(({ method, path, isWrite }): Fault => {
    if (isDead) return "cut";
    if ((how !== "later" && method === "GET") || left-- > 0) return "pass";
    const die = (point: string): void => {
      isDead = true;
      died.resolve(point);
    };
    if (how === "later") {
      left = Infinity;
      systemClock.after(laterMs, () => die(`${laterMs} ms after ${method} ${path}`));
      return "pass";
    }
    die(`${how} ${method} ${path}`);
    return how === "after" && isWrite ? "lose" : "cut";
  });
  return died.promise;
}

/**
 * The store on disk: `snapshot.ndjson` and append logs `log-<n>.ndjson`, one JSON line per object or change.
 *
 * Writes of one turn of the event loop share one write and one fdatasync. When the log outgrows the snapshot, a new log is begun and a snapshot
 * of what was live at that moment is written beside it. A torn last line is what a killed process leaves: it was never
 * acknowledged and is dropped. A disk that is full fails the waiting writes, not the process.
 */
import {
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  readdirSync,
  rmSync,
  fdatasync,
  write as writeToFile,
  truncateSync,
  ftruncateSync,
  existsSync,
} from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { EddyError, messageOf } from "@eddy/core/errors";
import type { KubeObject } from "@eddy/core/object";
import type { Change, Entry, Journal, Store } from "./store.ts";

const snapshotName = "snapshot.ndjson";

interface Line {
  rv: number;
  c: string;
  k: string;
  /** Absent for a deletion. */
  o?: KubeObject;
}

/** What was on disk. */
export interface Recovered {
  collections: Map<string, Entry[]>;
  rv: number;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

/** Files of a log, in order of their numbers. */
function logFiles(dir: string): { file: string; number: number }[] {
  return readdirSync(dir)
    .map((file) => ({ file, number: Number(/^log-(\d+)\.ndjson$/.exec(file)?.[1] ?? Number.NaN) }))
    .filter((each) => !Number.isNaN(each.number))
    .sort((a, b) => a.number - b.number);
}

function* readLines(path: string, tornTailAllowed: boolean): Generator<Line> {
  const text = readFileSync(path, "utf8");
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    const line = text.slice(start, end);
    start = end + 1;
    try {
      yield JSON.parse(line) as Line;
    } catch (error) {
      throw new EddyError("DATA_CORRUPT", `read ${path}: byte ${start} is not JSON: ${messageOf(error)}`, {
        class: "terminal",
      });
    }
  }
  if (start === text.length) return;
  if (!tornTailAllowed)
    throw new EddyError("DATA_CORRUPT", `read ${path}: the last line is cut`, { class: "terminal" });
  truncateSync(path, Buffer.byteLength(text.slice(0, start)));
}

/**
 * Reads the state below a folder, making it if it is missing.
 * @throws EddyError DATA_CORRUPT (terminal) when a file is damaged elsewhere than at its torn end.
 */
export function recover(dir: string): Recovered {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  rmSync(join(dir, `${snapshotName}.new`), { force: true });
  const live = new Map<string, Map<string, Entry>>();
  let rv = 1;
  const read = (line: Line): void => {
    rv = Math.max(rv, line.rv);
    if (line.c === "") return;
    let entries = live.get(line.c);
    if (!entries) live.set(line.c, (entries = new Map()));
    if (line.o === undefined) entries.delete(line.k);
    else entries.set(line.k, { key: line.k, object: line.o, rv: line.rv });
  };
  const snapshot = join(dir, snapshotName);
  if (existsSync(snapshot)) for (const line of readLines(snapshot, false)) read(line);
  for (const { file } of logFiles(dir)) for (const line of readLines(join(dir, file), true)) read(line);
  return { rv, collections: new Map([...live].map(([name, entries]) => [name, [...entries.values()]])) };
}

const writeAll = (fd: number, data: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const step = (offset: number): void => {
      writeToFile(fd, data, offset, data.length - offset, null, (error, written) => {
        if (error) reject(error);
        else if (offset + written < data.length) step(offset + written);
        else resolve();
      });
    };
    step(0);
  });

const sync = (fd: number): Promise<void> =>
  new Promise((resolve, reject) => fdatasync(fd, (error) => (error ? reject(error) : resolve())));

/** Options of {@link FileJournal}. */
export interface FileJournalOptions {
  /** A log larger than this is replaced by a snapshot. Default 8 MiB. */
  compactAtBytes?: number;
}

/** The journal of one data folder. Call {@link FileJournal.close} before another opens it. */
export class FileJournal implements Journal {
  private readonly dir: string;
  private readonly compactAtBytes: number;
  private readonly store: Store;
  private number: number;
  private fd: number;
  private pending: string[] = [];
  private waiters: Waiter[] = [];
  private flushing: Promise<void> | undefined;
  private logBytes = 0;
  private compacting: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(dir: string, store: Store, options: FileJournalOptions = {}) {
    this.compactAtBytes = options.compactAtBytes ?? 8 << 20;
    this.dir = dir;
    this.store = store;
    this.number = (logFiles(dir).at(-1)?.number ?? 0) + 1;
    this.fd = openSync(this.path(this.number), "a", 0o600);
  }

  private path(number: number): string {
    return join(this.dir, `log-${number}.ndjson`);
  }

  append(change: Change): void {
    const line: Line = { rv: change.rv, c: change.collection, k: change.key };
    if (change.type !== "DELETED") line.o = change.object;
    this.pending.push(JSON.stringify(line));
    this.schedule();
  }

  durable(): Promise<void> {
    if (this.pending.length === 0 && !this.flushing) return Promise.resolve();
    const done = new Promise<void>((resolve, reject) => this.waiters.push({ resolve, reject }));
    // After a failure nothing is under way: whoever waits makes the next attempt.
    this.schedule();
    return done;
  }

  private schedule(): void {
    this.flushing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.flush());
  }

  private async flush(): Promise<void> {
    const waiters = this.waiters;
    const lines = this.pending;
    this.pending = [];
    this.waiters = [];
    try {
      if (lines.length > 0) {
        const data = Buffer.from(`${lines.join("\n")}\n`);
        await writeAll(this.fd, data);
        await sync(this.fd);
        this.logBytes += data.length;
      }
      this.failure = undefined;
      for (const waiter of waiters) waiter.resolve();
    } catch (error) {
      // Kept, to be written again by the next attempt: memory is ahead of the disk until one succeeds. What was written
      // in part is cut off, or the repetition would follow half a line.
      this.cutBack();
      this.pending = [...lines, ...this.pending];
      this.failure = new EddyError("STORAGE_FAILED", `write ${this.path(this.number)}: ${messageOf(error)}`, {
        cause: error,
      });
      for (const waiter of waiters) waiter.reject(this.failure);
    }
    this.flushing = undefined;
    if (this.failure) return;
    if (this.pending.length > 0 || this.waiters.length > 0) this.schedule();
    else if (this.logBytes > this.compactAtBytes) this.compacting ??= this.compact();
  }

  private cutBack(): void {
    try {
      ftruncateSync(this.fd, this.logBytes);
    } catch {
      // Nothing to cut where nothing could be opened; the failure itself is already told.
    }
  }

  /** Begins a new log, then writes what was live at that moment and drops the older logs. */
  private async compact(): Promise<void> {
    const before = this.number;
    closeSync(this.fd);
    this.number = before + 1;
    this.fd = openSync(this.path(this.number), "a", 0o600);
    this.logBytes = 0;
    const rv = this.store.rv;
    const all = this.store
      .collectionNames()
      .map((name) => ({ name, entries: [...this.store.collection(name).entries.values()] }));
    try {
      await writeSnapshot(join(this.dir, snapshotName), rv, all);
      for (const { file, number } of logFiles(this.dir))
        if (number <= before) await rm(join(this.dir, file), { force: true });
    } catch {
      // The logs are still there: nothing is lost, and the next compaction tries again.
    }
    this.compacting = undefined;
  }

  /** Writes what is pending and closes the file. */
  async close(): Promise<void> {
    await this.flushing;
    if (this.pending.length > 0) await this.flush();
    await this.compacting;
    closeSync(this.fd);
  }
}

async function writeSnapshot(path: string, rv: number, all: { name: string; entries: Entry[] }[]): Promise<void> {
  const file = await open(`${path}.new`, "w", 0o600);
  try {
    await file.write(`${JSON.stringify({ rv, c: "", k: "" } satisfies Line)}\n`);
    for (const { name, entries } of all) {
      for (let at = 0; at < entries.length; at += 256) {
        const lines = entries
          .slice(at, at + 256)
          .map((entry) => JSON.stringify({ rv: entry.rv, c: name, k: entry.key, o: entry.object } satisfies Line));
        await file.write(`${lines.join("\n")}\n`);
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

import type { Clock } from "@eddy/core/clock";
import type { KubeClient, KubeConfig } from "@eddy/kube";
import type { StatusLines } from "../output/status-lines.ts";
import type { GlobalFlags } from "./global-flags.ts";

/** Where the program meets its surroundings; a test gives its own. */
export interface CliIo {
  stdout: CliStream;
  stderr: CliStream;
  stdin: NodeJS.ReadableStream;
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Aborted when the person wants to stop. */
  signal: AbortSignal;
  /** Asks a yes or no question; absent when nobody can answer. */
  confirm?: (question: string) => Promise<boolean>;
}

/** A stream that is written to. */
export interface CliStream {
  write(text: string): unknown;
  isTTY?: boolean;
  /** Width of the terminal. */
  columns?: number;
}

/** What a command works with. */
export interface CommandContext {
  io: CliIo;
  flags: GlobalFlags;
  /** Progress, on stderr. */
  status: StatusLines;
  /** Data, on stdout. */
  print(text: string): void;
  clock: Clock;
  signal: AbortSignal;
  /** `--namespace`, or what it defaults to. */
  namespace(): Promise<string>;
  /** The connection's settings, read once. */
  kubeConfig(): Promise<KubeConfig>;
  /** The client of the chosen cluster, connected on first use and closed with the command. */
  kube(): Promise<KubeClient>;
}

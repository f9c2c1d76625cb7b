import { flag, type FlagSpec } from "../command/flag.ts";

/** Flags that say where a chart is, of every command that takes one. Source: Helm `pkg/cmd/flags.go`. */
export const chartFlags: {
  version: FlagSpec<string | undefined>;
  devel: FlagSpec<boolean>;
  repo: FlagSpec<string | undefined>;
  username: FlagSpec<string | undefined>;
  password: FlagSpec<string | undefined>;
  passCredentials: FlagSpec<boolean>;
  certFile: FlagSpec<string | undefined>;
  keyFile: FlagSpec<string | undefined>;
  caFile: FlagSpec<string | undefined>;
  plainHttp: FlagSpec<boolean>;
  verify: FlagSpec<boolean>;
  keyring: FlagSpec<string | undefined>;
  dependencyUpdate: FlagSpec<boolean>;
} = {
  version: flag.text("a version, or a range of versions, of the chart; the latest one unless given"),
  devel: flag.boolean("use development versions, too"),
  repo: flag.text("chart repository url where to locate the requested chart"),
  username: flag.text("chart repository username"),
  password: flag.text("chart repository password"),
  passCredentials: flag.boolean("pass credentials to all domains"),
  certFile: flag.text("identify HTTPS client using this SSL certificate file"),
  keyFile: flag.text("identify HTTPS client using this SSL key file"),
  caFile: flag.text("verify certificates of HTTPS-enabled servers using this CA bundle"),
  plainHttp: flag.boolean("use insecure HTTP connections for the chart download"),
  verify: flag.boolean("verify the package before using it"),
  keyring: flag.text("location of public keys used for verification"),
  dependencyUpdate: flag.boolean("update dependencies if they are missing before the chart is used"),
};

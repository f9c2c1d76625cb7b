import { flag } from "../command/flag.ts";
import type { FlagSpec } from "../command/flag.ts";

/** The flags that every `create secret` has. */
export const secretFlags: {
  export: FlagSpec<boolean>;
  label: FlagSpec<readonly string[]>;
  interval: FlagSpec<number>;
} = {
  interval: flag.duration("1m", "accepted; a secret has none", { hidden: true }),
  export: flag.boolean("export in YAML format to stdout"),
  label: flag.list("set labels on the resource, label1=value1,label2=value2"),
};

/** Files of certificates. */
export const tlsFlags: Readonly<Record<"tlsCrtFile" | "tlsKeyFile" | "caCrtFile", FlagSpec<string | undefined>>> = {
  tlsCrtFile: flag.text("TLS authentication cert file path"),
  tlsKeyFile: flag.text("TLS authentication key file path"),
  caCrtFile: flag.text("TLS authentication CA file path"),
};

/** A user and a password. */
export const basicFlags: Readonly<Record<"username" | "password", FlagSpec<string | undefined>>> = {
  username: flag.text("basic authentication username", { short: "u" }),
  password: flag.text("basic authentication password", { short: "p" }),
};

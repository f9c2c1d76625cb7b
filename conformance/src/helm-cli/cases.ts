/** One line for both programs; FOLDER is where the files are, URL where they are served. */
export interface CliCase {
  readonly words: string;
  /** Of which Helm; Helm 4 unless given. */
  readonly program?: "helm3" | "helm4";
  /** Needs a cluster. */
  readonly isOnline?: boolean;
}

const templates: readonly string[] = [
  "{.a.b}",
  "{.a.c}",
  "{.a.c[0]}{.a.c[-1]}",
  "{.a.c[-1:]}{.a.c[0:2]}{.a.c[::2]}",
  "{.a.c[5]}",
  "{.a.c[0,2]}",
  "{.a.c[x]}",
  "{.a[0]}",
  "{.a.f} {.a.big} {.a.e} {.a.t} {.a.nil}",
  "{.a.missing}",
  "{.a}",
  "{.html}",
  "{.dot\\.ted}",
  "{['dot.ted']}",
  "{.items[*].name}",
  "{.items[*]['name','port']}",
  "{.items[?(@.port>100)].name}",
  "{.items[?(@.port>100.0)].name}",
  "{.items[?(@.port==443.0)].name}",
  '{.items[?(@.port=="8080")].name}',
  '{.items[?(@.name=="two")].port}',
  '{.items[?(@.name!="two")].port}',
  '{.items[?(@.name<"p")].name}',
  "{.items[?(@.ready==true)].name}",
  "{.items[?(@.tags)].name}",
  '{.items[?(@.kind=="a)b")].name}',
  '{range .items[*]}{.name}{"\\t"}{.port}{"\\n"}{end}done',
  "{range .items[?(@.nope)]}x{end}y",
  "{range .a.c[*]}{@}",
  "{..name}",
  "{.items..port}",
  'hello {.a.b} "x"',
  "{1} {2.5} {true} {\"q\\u00e9\\n\"} {'s'}",
  "{.a.b",
  "{foo}",
  "{end}",
  "{....x}",
  "{.a ~}",
  "$.a.b",
];

const rings = ["keys/public.gpg", "keys/public.asc", "keys/pubring.kbx", "keys/two.asc"];

/** What both are asked for. Values of maps are not asked for together: upstream has no order for them. */
export const cases: readonly (CliCase | { readonly argv: readonly string[] })[] = [
  ...templates.map((template) => ({ argv: ["show", "values", "web", "--jsonpath", template] })),
  ...rings.flatMap((ring) => [
    { words: `verify theirs/web-1.0.0.tgz --keyring ${ring}` },
    { words: `verify ours/web-1.0.0.tgz --keyring ${ring}` },
  ]),
  { words: "verify ours/web-1.0.0.tgz --keyring keys/public.gpg", program: "helm3" },
  { words: "verify theirs/web-1.0.0.tgz --keyring keys/other.asc" },
  { words: "verify theirs/web-1.0.0.tgz --keyring keys/none.gpg" },
  { words: "verify theirs/web-1.0.0.tgz --keyring keys/junk.gpg" },
  { words: "verify theirs/none-1.0.0.tgz" },
  { words: "verify web" },
  { words: "verify keys/public.asc --keyring keys/public.asc" },
  { words: "verify theirs/web-2.0.0.tgz --keyring keys/public.asc" },
  { words: "verify theirs/renamed-1.0.0.tgz --keyring keys/public.asc" },
  { words: "verify theirs/changed/web-1.0.0.tgz --keyring keys/public.asc" },
  { words: "show chart theirs/web-1.0.0.tgz --verify --keyring keys/public.asc" },
  { words: "template r theirs/web-1.0.0.tgz --verify --keyring keys/public.asc" },
  { words: "template r theirs/web-1.0.0.tgz --verify --keyring keys/other.asc" },
  { words: "pull URL/theirs/web-1.0.0.tgz --verify --keyring keys/public.asc -d pulled" },
  { words: "package web --sign -d packed" },
  { words: "package web --sign --key nobody --keyring keys/secret.gpg -d packed" },
  { words: "package web --sign --key Tester --keyring keys/public.gpg -d packed" },
  { words: "package web --sign --key Tester --keyring keys/secrets.gpg -d packed" },
  { words: "template r web -f URL/more.yaml" },
  { words: "template r web -f URL/more.yaml --set-file note=URL/note.txt" },
  { words: "template r web -f ftp://127.0.0.1/more.yaml" },
  { words: "template r web --post-renderer ./rename", program: "helm3" },
  { words: "template r web --post-renderer ./rename --post-renderer-args renamed", program: "helm3" },
  { words: "template r web --post-renderer ./none", program: "helm3" },
  { words: "template r web --validate -n default", isOnline: true },
  { words: "template r asks --dry-run=server -n default", isOnline: true },
  { words: "template r asks --dry-run=client -n default", isOnline: true },
  { words: "template r unknown --validate -n default", isOnline: true },
  { words: "template r taken --validate -n default", isOnline: true },
  { words: "template r taken --validate --is-upgrade -n default", isOnline: true },
  { words: "template R web --validate -n default", isOnline: true },
];

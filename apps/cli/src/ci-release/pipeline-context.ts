/** Which system runs the step. */
export type PipelineSystem = "github" | "drone" | "woodpecker" | "gitlab" | "jenkins" | "tekton" | "other";

type Env = Readonly<Record<string, string | undefined>>;

/** What a system says of the build, for the commit and for defaults. */
export interface PipelineContext {
  readonly system: PipelineSystem;
  /** `org/app`, and the commit that was built. */
  readonly repository: string | undefined;
  readonly commit: string | undefined;
  readonly buildUrl: string | undefined;
  /** Where the built repository is cloned from. */
  readonly cloneUrl: string | undefined;
  /** `Name <address>`; of GitHub, which tells no commit's author, who started the run. */
  readonly author: string | undefined;
  /** The login that the system gives steps for its own forge. */
  readonly netrc: { readonly machine: string; readonly username: string; readonly password: string } | undefined;
}

interface Names {
  readonly repository: string;
  readonly commit: string;
  readonly buildUrl?: string;
  readonly cloneUrl?: string;
  readonly authorName?: string;
  readonly authorEmail?: string;
  readonly netrc?: string;
}

/** Source: each system's reference of variables; flux1-keel-flagger.md 4.3. */
const namesOf: Readonly<Record<PipelineSystem, Names>> = {
  github: { repository: "GITHUB_REPOSITORY", commit: "GITHUB_SHA" },
  drone: {
    repository: "DRONE_REPO",
    commit: "DRONE_COMMIT_SHA",
    buildUrl: "DRONE_BUILD_LINK",
    cloneUrl: "DRONE_GIT_HTTP_URL",
    authorName: "DRONE_COMMIT_AUTHOR",
    authorEmail: "DRONE_COMMIT_AUTHOR_EMAIL",
    netrc: "DRONE_NETRC_",
  },
  woodpecker: {
    repository: "CI_REPO",
    commit: "CI_COMMIT_SHA",
    buildUrl: "CI_PIPELINE_URL",
    cloneUrl: "CI_REPO_CLONE_URL",
    authorName: "CI_COMMIT_AUTHOR",
    authorEmail: "CI_COMMIT_AUTHOR_EMAIL",
    netrc: "CI_NETRC_",
  },
  gitlab: {
    repository: "CI_PROJECT_PATH",
    commit: "CI_COMMIT_SHA",
    buildUrl: "CI_PIPELINE_URL",
    cloneUrl: "CI_PROJECT_URL",
    authorName: "GITLAB_USER_NAME",
    authorEmail: "GITLAB_USER_EMAIL",
  },
  jenkins: { repository: "JOB_NAME", commit: "GIT_COMMIT", buildUrl: "BUILD_URL", cloneUrl: "GIT_URL" },
  tekton: { repository: "EDDY_SOURCE_REPOSITORY", commit: "EDDY_SOURCE_COMMIT" },
  other: { repository: "EDDY_SOURCE_REPOSITORY", commit: "EDDY_SOURCE_COMMIT", buildUrl: "EDDY_BUILD_URL" },
};

/** Which system this is, and what it says. */
export function readPipelineContext(env: Env): PipelineContext {
  const system = systemOf(env);
  const names = namesOf[system];
  const value = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : env[name] || undefined;
  const [authorName, authorEmail] = [value(names.authorName), value(names.authorEmail)];
  return {
    system,
    repository: value(names.repository),
    commit: value(names.commit),
    buildUrl: system === "github" ? gitHubRun(env) : value(names.buildUrl),
    cloneUrl: system === "github" ? gitHubClone(env) : value(names.cloneUrl),
    author: system === "github" ? gitHubActor(env) : authorOf(authorName, authorEmail),
    netrc: netrcOf(env, names.netrc),
  };
}

function systemOf(env: Env): PipelineSystem {
  if (env["GITHUB_ACTIONS"] === "true") return "github";
  if (env["CI"] === "woodpecker" || env["CI_SYSTEM_NAME"] === "woodpecker") return "woodpecker";
  if (env["DRONE"] === "true") return "drone";
  if (env["GITLAB_CI"] === "true") return "gitlab";
  if (env["JENKINS_URL"] !== undefined) return "jenkins";
  return env["EDDY_TEKTON_RESULTS"] === undefined ? "other" : "tekton";
}

function authorOf(name: string | undefined, email: string | undefined): string | undefined {
  return email === undefined ? undefined : `${name ?? ""} <${email}>`;
}

/** With the address that GitHub gives who hides theirs. Source: GitHub docs, "Setting your commit email address". */
function gitHubActor(env: Env): string | undefined {
  const actor = env["GITHUB_ACTOR"];
  return actor ? `${actor} <${actor}@users.noreply.github.com>` : undefined;
}

function gitHubRun(env: Env): string | undefined {
  const [server, repository, run] = [env["GITHUB_SERVER_URL"], env["GITHUB_REPOSITORY"], env["GITHUB_RUN_ID"]];
  return server && repository && run ? `${server}/${repository}/actions/runs/${run}` : undefined;
}

function gitHubClone(env: Env): string | undefined {
  const [server, repository] = [env["GITHUB_SERVER_URL"], env["GITHUB_REPOSITORY"]];
  return server && repository ? `${server}/${repository}` : undefined;
}

function netrcOf(env: Env, prefix: string | undefined): PipelineContext["netrc"] {
  if (prefix === undefined) return undefined;
  const [machine, username, password] = ["MACHINE", "USERNAME", "PASSWORD"].map((name) => env[`${prefix}${name}`]);
  return machine && username && password ? { machine, username, password } : undefined;
}

import { textAt } from "../cli-columns.ts";
import { present, usageError, type CreateForm, type CreateValues } from "../create-form.ts";

/** How an ImageUpdateAutomation is made from flags. Source: fluxcd/flux2 v2.9 cmd/flux/create_image_update.go. */
export const createImageUpdate: CreateForm = {
  flags: {
    gitRepoRef: {
      form: "text",
      description: "the name of a GitRepository resource with details of the upstream Git repository",
    },
    gitRepoNamespace: {
      form: "text",
      description: "the namespace of the GitRepository resource, defaults to the ImageUpdateAutomation namespace",
    },
    gitRepoPath: {
      form: "text",
      description: "path to the directory containing the manifests to be updated, defaults to the repository root",
    },
    checkoutBranch: { form: "text", description: "the branch to checkout" },
    pushBranch: {
      form: "text",
      description: "the branch to push commits to, defaults to the checkout branch if not specified",
    },
    commitTemplate: { form: "text", description: "a template for commit messages" },
    authorName: { form: "text", description: "the name to use for commit author" },
    authorEmail: { form: "text", description: "the email to use for commit author" },
    signingKeySecret: { form: "text", description: "the name of the Secret with the key that signs commits" },
    signingKeyType: {
      form: "text",
      description: "signing-key format: gpg or ssh (defaults to gpg when --signing-key-secret is set)",
    },
  },
  examples: [
    [
      "Commit new images to the repository made by eddy bootstrap",
      "image update flux-system --git-repo-ref=flux-system --git-repo-path=./clusters/my-cluster --checkout-branch=main --author-name=flux --author-email=flux@example.com",
    ],
    [
      "Commit to another branch, made from main where it is not there",
      "image update flux-system --git-repo-ref=flux-system --checkout-branch=main --push-branch=image-updates --author-name=flux --author-email=flux@example.com",
    ],
  ],
  spec(values, interval) {
    const name = needed(values, "gitRepoRef", "a reference to a GitRepository is required (--git-repo-ref)");
    const branch = needed(values, "checkoutBranch", "the Git repository branch is required (--checkout-branch)");
    const author = {
      name: needed(values, "authorName", "the author name is required (--author-name)"),
      email: needed(values, "authorEmail", "the author email is required (--author-email)"),
    };
    const pushBranch = values.text("pushBranch");
    const path = values.text("gitRepoPath");
    const messageTemplate = values.text("commitTemplate");
    return present({
      sourceRef: present({ kind: "GitRepository", name, namespace: values.text("gitRepoNamespace") }),
      git: present({
        checkout: { ref: { branch } },
        commit: present({ author, messageTemplate, signingKey: signingKeyOf(values) }),
        push: pushBranch === undefined ? undefined : { branch: pushBranch },
      }),
      interval,
      update: path === undefined ? undefined : { path, strategy: "Setters" },
    });
  },
  readyMessages: (made) => [lastRunOf(textAt(made, "status", "lastAutomationRunTime"))],
};

function lastRunOf(time: string): string {
  return time === "" ? "automation not yet run" : `last run ${time}`;
}

function needed(values: CreateValues, flag: string, message: string): string {
  const value = values.text(flag);
  if (value === undefined || value === "") throw usageError(message);
  return value;
}

function signingKeyOf(values: CreateValues): Record<string, unknown> | undefined {
  const [secret, type] = [values.text("signingKeySecret"), values.text("signingKeyType")];
  if (type !== undefined && secret === undefined) throw usageError("--signing-key-type requires --signing-key-secret");
  if (type !== undefined && type !== "gpg" && type !== "ssh")
    throw usageError("--signing-key-type must be one of: gpg, ssh");
  return secret === undefined ? undefined : present({ secretRef: { name: secret }, type });
}

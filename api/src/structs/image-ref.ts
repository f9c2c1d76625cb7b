import { object, required, text, type Schema } from "../schema.ts";

/** An image: `name:tag`, and the digest where it was asked for. */
export interface ImageRef {
  /** As the ImageRepository spells it. */
  name: string;
  tag: string;
  /** `sha256:<hex>`. */
  digest?: string;
}

/** Schema of {@link ImageRef}. */
export function imageRef(description: string): Schema<ImageRef> {
  return object<ImageRef>(
    {
      digest: text({ description: "The image's digest." }),
      name: required(text({ description: "The image's name, without a tag." })),
      tag: required(text({ description: "The image's tag." })),
    },
    { description },
  );
}

/** `name:tag` or `name:tag@digest`. */
export function formatImageRef({ name, tag, digest }: ImageRef): string {
  return `${name}:${tag}${digest === undefined || digest === "" ? "" : `@${digest}`}`;
}

/** Reads `name:tag`, as statuses of older versions have it; the tag is what follows the last colon after the last slash. */
export function parseImageRef(image: string): ImageRef | undefined {
  const colon = image.lastIndexOf(":");
  if (colon <= image.lastIndexOf("/")) return undefined;
  return { name: image.slice(0, colon), tag: image.slice(colon + 1) };
}

import type { ZodError } from "zod";
import type { FieldError } from "../errors";

const MAX_ERRORS = 100;

/** A zod error as JSON pointers with messages; unknown keys get one entry each. */
export function fieldErrors(error: ZodError, base = ""): FieldError[] {
  return error.issues
    .flatMap((issue) => {
      const pointer = base + toPointer(issue.path);
      if (issue.code === "unrecognized_keys")
        return issue.keys.map((key) => ({ pointer: pointer + toPointer([key]), message: "This field is not known." }));
      return [{ pointer, message: issue.message }];
    })
    .slice(0, MAX_ERRORS);
}

/** A path as a JSON pointer (RFC 6901). */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

import type { z } from "zod";
import { AppError, type FieldError } from "../../errors";
import type { ApiRequest } from "../api-request";
import { fieldErrors } from "../field-errors";
import { refuseUnstorable, replaceUnstorable } from "../storable-text";
import { parseJson } from "./parse-json";
import { contentTypeOf, decodeUtf8, readBody } from "./read-body";
import type { DefinitionBody, Route } from "./route";

const MIB = 1024 * 1024;
const YAML_TYPES = ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"];

/** The query of a request by the route's schema; parameters that the route does not know are ignored. */
export function parseQuery(route: Route, url: URL): unknown {
  if (!route.query) return {};
  const given: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(given, name)) throw invalid([{ pointer: `/${name}`, message: "Given more than once." }]);
    given[name] = value;
  }
  return parseWith(route.query, given);
}

/** The body of a request by the route's schema, and its bytes. */
export async function parseBody(route: Route, request: ApiRequest): Promise<{ body: unknown; rawBody: Uint8Array }> {
  if (!route.body) return { body: {}, rawBody: new Uint8Array() };
  const rawBody = await readBody(request, route.bodyLimit ?? MIB);
  const text = decodeUtf8(rawBody);
  const type = contentTypeOf(request);
  const isJson = type === "" || type === "application/json" || type.endsWith("+json");
  if ("definition" in route.body) {
    if (rawBody.length > 0 && !isJson && !YAML_TYPES.includes(type)) throw unsupported(type, "application/yaml");
    const isYaml = YAML_TYPES.includes(type);
    const source = text.trim() === "" && !isYaml ? "{}" : text;
    const body: DefinitionBody = { source, format: isYaml ? "yaml" : "json" };
    return { body, rawBody };
  }
  if (rawBody.length > 0 && !isJson) throw unsupported(type);
  const value = parseJson(text);
  if (route.body.tolerant) return { body: parseWith(route.body.schema, replaceUnstorable(text, value)), rawBody };
  refuseUnstorable(text, value);
  return { body: parseWith(route.body.schema, value), rawBody };
}

function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalid(fieldErrors(parsed.error));
  return parsed.data;
}

function invalid(errors: FieldError[]): AppError {
  const [first] = errors;
  const what = first ? ` ${first.pointer || "The body"}: ${first.message}` : "";
  return new AppError("invalid_input", `The request has invalid fields.${what}`, errors);
}

function unsupported(type: string, also?: string): AppError {
  return new AppError(
    "unsupported_media_type",
    `The body is ${type}; send application/json${also ? ` or ${also}` : ""}.`,
  );
}

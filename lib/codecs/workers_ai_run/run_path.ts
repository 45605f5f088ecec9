/** The model stands in the path, with its slashes: `/run/@cf/meta/llama-3.1-8b-instruct`. */
import { decodedSegments, pathSegments } from "../../chat/path_segment.ts";

const RUN = "/run/";

/** Where a model is run, below the base URL. Throws 400 for a name that would be another path. */
export function runPath(model: string): string {
  return RUN + pathSegments(model).replaceAll("%40", "@");
}

/** The model that a path names, if it names one. */
export function modelOfPath(path: string | undefined): string | undefined {
  const at = path?.indexOf(RUN) ?? -1;
  if (path === undefined || at < 0) return undefined;
  const [name = ""] = path.slice(at + RUN.length).split("?");
  return decodedSegments(name) || undefined;
}

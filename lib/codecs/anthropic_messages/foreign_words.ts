/** What of other protocols' members inside messages and tools is written here too. */
import type { ForeignWords } from "../../chat/foreign_losses.ts";
import { objectOf } from "../../json/fields.ts";
import { SHARED_BY_MEDIA } from "./encode_media.ts";
import { SHARED_BY_TOOLS } from "./encode_tools.ts";

export const FOREIGN_WORDS: ForeignWords = {
  message: (name) => name === "cache_control",
  part: (name, value) => SHARED_BY_MEDIA.includes(name) || (name === "detail" && value === "auto"),
  tool: (name, value) =>
    SHARED_BY_TOOLS.includes(name) || (name === "format" && objectOf(value).type === "text"),
};

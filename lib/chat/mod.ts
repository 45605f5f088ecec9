/** The neutral language between protocols: what is asked, what is answered, and what a codec offers. */
export {
  ChatDecoderStream,
  ChatEncoderStream,
  ChatTranslatorStream,
  type TranslatorOptions,
} from "./chat_streams.ts";
export { fold } from "./fold.ts";
export { unfold } from "./unfold.ts";
export type * from "./codec.ts";
export type * from "./event.ts";
export type * from "./request.ts";
export type * from "./response.ts";
export type { StreamProgress, StreamRelay } from "./stream_relay.ts";
export type { Warning } from "./warning.ts";
export type { ErrorCode } from "../error_catalogue.ts";
export { GatewayError, type GatewayErrorOptions, type ProviderFault } from "../errors.ts";
export type { HeaderReader } from "../fetch_like.ts";
export { type JsonMember, type JsonText, scanObject } from "../json/scan_object.ts";
export type { Step } from "../stream/step.ts";
export { StepStream } from "../stream/step_stream.ts";

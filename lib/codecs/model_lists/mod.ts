/** Lists of models, as providers give them. */
export * from "./decode.ts";
export type { DecodeModels, KnownModel, ModelPage } from "./page.ts";

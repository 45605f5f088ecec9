/** Vertex AI's embeddings by `:predict`. */
export { vertexPredict, type VertexPredictProfile } from "./codec.ts";

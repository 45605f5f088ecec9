/** Hugging Face's feature extraction. https://huggingface.co/docs/inference-providers/tasks/feature-extraction */
export { hfFeatureExtraction } from "./codec.ts";

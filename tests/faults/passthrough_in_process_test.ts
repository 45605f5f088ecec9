/** The fault matrix on native paths, inside one process. */
import { inProcess } from "../support/ways.ts";
import { playNativeMatrix } from "./native_matrix.ts";

playNativeMatrix(inProcess());

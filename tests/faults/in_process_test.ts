/** The fault matrix inside one process, over the runtime's own `fetch`. */
import { inProcess } from "../support/ways.ts";
import { playMatrix } from "./matrix.ts";

playMatrix(inProcess());

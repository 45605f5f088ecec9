/** The fault matrix through dynamic routes, inside one process. */
import { inProcess } from "../support/ways.ts";
import { GRAPH } from "./graph_road.ts";
import { playMatrix } from "./matrix.ts";

playMatrix(inProcess(), GRAPH);

/** The fault matrix through dynamic routes, through the door of the runtime at hand. */
import { throughDoor } from "../support/ways.ts";
import { GRAPH } from "./graph_road.ts";
import { playMatrix } from "./matrix.ts";

playMatrix(throughDoor(), GRAPH);

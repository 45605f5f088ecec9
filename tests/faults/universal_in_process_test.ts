/** The fault matrix through the universal endpoint, inside one process. */
import { inProcess } from "../support/ways.ts";
import { playMatrix } from "./matrix.ts";
import { UNIVERSAL } from "./universal_road.ts";

playMatrix(inProcess(), UNIVERSAL);

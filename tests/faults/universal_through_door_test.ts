/** The fault matrix through the universal endpoint, through the door of the runtime at hand. */
import { throughDoor } from "../support/ways.ts";
import { playMatrix } from "./matrix.ts";
import { UNIVERSAL } from "./universal_road.ts";

playMatrix(throughDoor(), UNIVERSAL);

/** The fault matrix through the live door of the runtime at hand. */
import { throughDoor } from "../support/ways.ts";
import { playMatrix } from "./matrix.ts";

playMatrix(throughDoor());

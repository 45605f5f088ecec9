/** The fault matrix on native paths, through the door of the runtime at hand. */
import { throughDoor } from "../support/ways.ts";
import { playNativeMatrix } from "./native_matrix.ts";

playNativeMatrix(throughDoor());

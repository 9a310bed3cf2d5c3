import { fiveTests } from "./five.js";

fiveTests();

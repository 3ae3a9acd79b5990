import { runSuite } from "./suite.ts";

runSuite("live");

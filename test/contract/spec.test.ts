import { runSuite } from "./suite.ts";

runSuite("spec");

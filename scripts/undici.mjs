// What stands for `undici` in the bundle: an agent that sends requests, and what connects it, which is all that
// src/provider/ uses. Its own entry loads fetch, mocks, proxies and caches as well, half a megabyte that a plan never
// runs. Imported by paths, because the name itself leads here.

import api from "../node_modules/undici/lib/api/index.js";
import buildConnector from "../node_modules/undici/lib/core/connect.js";
import Agent from "../node_modules/undici/lib/dispatcher/agent.js";
import Dispatcher from "../node_modules/undici/lib/dispatcher/dispatcher.js";

// As undici's own entry does.
Object.assign(Dispatcher.prototype, api);

export { Agent, buildConnector };

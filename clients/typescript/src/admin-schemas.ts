/** The admin API's types, which `npm run generate` makes from its OpenAPI document. */

import type { components } from "./admin-api.js";

export type { paths } from "./admin-api.js";

/** What goes into the admin API and comes out of it, by the names of its document. */
export type Schemas = components["schemas"];

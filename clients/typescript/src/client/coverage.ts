/** Coverage: what apps were shown of the backend, what they did about it, and the way to the rest. */

import type { Schemas } from "../admin-schemas.js";
import { SimulatorError } from "../errors.js";
import { type Result, result } from "../values.js";

/**
 * Something that an app can be shown: how often it was `met`, of these `forced` by a fault, and `last`.
 *
 * `outcomes` are what the app did then ("well", "looped", "stopped", "gave_up", "open"), `verdict` that of a
 * rule of conduct, `way` how it can be met.
 */
export interface CoverageCell extends Result<Schemas["CoverageCell"]> {
  readonly name: string;
  readonly says: string;
  readonly met: number;
  readonly forced: number;
  readonly last: string | null;
  readonly verdict: string | null;
  readonly outcomes: Schemas["CoverageOutcomes"];
  readonly way: Schemas["CoverageWay"];
}

function coverageCell(raw: Schemas["CoverageCell"]): CoverageCell {
  const { name, says, met, forced, last, verdict, outcomes, way } = raw;
  return result(raw, { name, says, met, forced, last, verdict, outcomes, way });
}

/** An axis, with all its cells. */
export interface CoverageAxis extends Result<Schemas["CoverageAxis"]> {
  readonly axis: string;
  readonly title: string;
  readonly cells: readonly CoverageCell[];
}

function coverageAxis(raw: Schemas["CoverageAxis"]): CoverageAxis {
  const { axis, title } = raw;
  return result(raw, { axis, title, cells: raw.cells.map(coverageCell) });
}

/** What apps were shown, axis by axis: `coverage.cell("logout:L5").met`. Axes are never added up. */
export interface Coverage extends Result<Schemas["CoverageReport"]> {
  readonly generation: number | null;
  readonly incomplete: boolean;
  readonly required: Schemas["CoverageReport"]["required"];
  readonly axes: readonly CoverageAxis[];
  /** The cell that is written `axis:name`, such as `logout:L5`. Throws `SimulatorError` where there is none. */
  cell(cell: string): CoverageCell;
  /** The cells that were met, as `axis:name`. */
  [Symbol.iterator](): Iterator<string>;
}

export function coverageReport(raw: Schemas["CoverageReport"]): Coverage {
  const { generation, incomplete, required } = raw;
  const axes = raw.axes.map(coverageAxis);
  const cells = new Map<string, CoverageCell>(
    axes.flatMap(({ axis, cells: all }) => all.map((each) => [`${axis}:${each.name}`, each] as const)),
  );
  const cell = (name: string): CoverageCell => {
    const found = cells.get(name);
    if (found === undefined) {
      const known = axes.map(({ axis }) => axis).join(", ");
      throw new SimulatorError(`there is no cell '${name}'; the axes are ${known}`);
    }
    return found;
  };
  const met = [...cells].flatMap(([name, each]) => (each.met > 0 ? [name] : []));
  const iterator = (): Iterator<string> => met[Symbol.iterator]();
  return result(raw, { generation, incomplete, required, axes, cell, [Symbol.iterator]: iterator });
}

/** What was prepared in the sandbox, and the call of the app that meets it `then`. */
export interface Armed extends Result<Schemas["Armed"]> {
  readonly cell: string;
  readonly did: string;
  readonly then: Schemas["Armed"]["then"];
}

export function armed(raw: Schemas["Armed"]): Armed {
  const { cell, did, then } = raw;
  return result(raw, { cell, did, then });
}

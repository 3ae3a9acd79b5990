/**
 * Conditions of a dynamic route: MongoDB-like operators on dotted paths into the request, such as
 * `{"metadata.plan": {"$eq": "free"}}` (docs *Dynamic routing: JSON configuration*, 2026-04-29). The docs name `$eq`
 * only; the other comparisons are those that MongoDB has under the same names.
 */

/** A condition that cannot be decided: the route fails. */
export class BadCondition extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadCondition";
  }
}

/** Whether `condition` holds for `fields`; no condition holds always. */
export function holds(condition: unknown, fields: unknown): boolean {
  if (condition === undefined) return true;
  return entriesOf(condition).every(([name, wanted]) => {
    if (name === "$and") return listOf(name, wanted).every((part) => holds(part, fields));
    if (name === "$or") return listOf(name, wanted).some((part) => holds(part, fields));
    if (name === "$nor") return !listOf(name, wanted).some((part) => holds(part, fields));
    if (name.startsWith("$")) throw new BadCondition(`unknown operator ${name}`);
    return fits(fieldAt(fields, name), wanted);
  });
}

/** The value at a dotted path; a key that holds dots itself, such as `cf.user_id`, wins over a path through objects. */
export function fieldAt(fields: unknown, path: string): unknown {
  if (!isObject(fields)) return undefined;
  if (Object.hasOwn(fields, path)) return fields[path];
  for (let dot = path.lastIndexOf("."); dot > 0; dot = path.lastIndexOf(".", dot - 1)) {
    const head = path.slice(0, dot);
    if (Object.hasOwn(fields, head)) return fieldAt(fields[head], path.slice(dot + 1));
  }
  return undefined;
}

function fits(actual: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return same(actual, wanted);
  return Object.entries(wanted).every(([operator, operand]) => compare(operator, actual, operand));
}

function compare(operator: string, actual: unknown, operand: unknown): boolean {
  switch (operator) {
    case "$eq":
      return same(actual, operand);
    case "$ne":
      return !same(actual, operand);
    case "$gt":
      return ordered(actual, operand, (order) => order > 0);
    case "$gte":
      return ordered(actual, operand, (order) => order >= 0);
    case "$lt":
      return ordered(actual, operand, (order) => order < 0);
    case "$lte":
      return ordered(actual, operand, (order) => order <= 0);
    case "$in":
      return listOf(operator, operand).some((item) => same(actual, item));
    case "$nin":
      return !listOf(operator, operand).some((item) => same(actual, item));
    case "$exists":
      return (actual !== undefined) === (operand === true);
    case "$not":
      return !fits(actual, operand);
    default:
      throw new BadCondition(`unknown operator ${operator}`);
  }
}

/** Values of one type only are ordered, as in MongoDB. */
function ordered(actual: unknown, operand: unknown, test: (order: number) => boolean): boolean {
  if (typeof actual === "number" && typeof operand === "number") return test(actual - operand);
  if (typeof actual === "string" && typeof operand === "string") {
    return test(actual < operand ? -1 : actual > operand ? 1 : 0);
  }
  return false;
}

function same(a: unknown, b: unknown): boolean {
  // Absent and null are equal, as in MongoDB.
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function listOf(operator: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadCondition(`${operator} takes a list`);
  return value;
}

function entriesOf(condition: unknown): [string, unknown][] {
  if (!isObject(condition)) throw new BadCondition("a condition is an object");
  return Object.entries(condition);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

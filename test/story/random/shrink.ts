/** Makes a program that fails in some way as small as it can be while it still fails in that way. */

/** Tries what is smaller, in the order in which `smallerThan` gives it, until nothing smaller fails. */
export async function shrinkBy<Program>(
  program: Program,
  smallerThan: (program: Program) => Iterable<Program>,
  fails: (program: Program) => Promise<boolean>,
): Promise<Program> {
  let smallest = program;
  for (let improved = true; improved; ) {
    improved = false;
    for (const smaller of smallerThan(smallest)) {
      if (!(await fails(smaller))) continue;
      smallest = smaller;
      improved = true;
      break;
    }
  }
  return smallest;
}

/** The steps without some of them: the biggest savings first. */
export function* fewer<Step>(steps: readonly Step[]): Generator<Step[]> {
  for (let size = steps.length >> 1; size >= 1; size >>= 1) {
    for (let from = steps.length - size; from >= 0; from -= size) {
      yield [...steps.slice(0, from), ...steps.slice(from + size)];
    }
  }
}

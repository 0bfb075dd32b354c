/** Outcomes as people read them: JSON whose parts are on one line each where they fit. */

const WIDTH = 110;

export function notation(outcome: unknown, indent = ''): string[] {
  const line = JSON.stringify(outcome);
  if (typeof outcome !== 'object' || outcome === null || indent.length + line.length <= WIDTH) return [indent + line];
  const [open, close] = Array.isArray(outcome) ? '[]' : '{}';
  const inner = `${indent}  `;
  const parts = Object.entries(outcome).map(([name, value]) => {
    const lines = notation(value, inner);
    return Array.isArray(outcome)
      ? lines
      : [`${inner}${JSON.stringify(name)}: ${lines[0]!.trimStart()}`, ...lines.slice(1)];
  });
  const inside = parts.flatMap((lines, index) =>
    index < parts.length - 1 ? [...lines.slice(0, -1), `${lines.at(-1)},`] : lines,
  );
  return [indent + open, ...inside, indent + close];
}

/** docs/scenarios.md lists the course as it is: `npx vitest run test/docs -u` writes it anew. */
import { expect, test } from 'vitest';
import { course } from '../../src/lab/scenario/course.ts';

test('docs/scenarios.md', async () => {
  const lessons = await course();
  const chapters = [...new Set(lessons.map(({ chapter }) => chapter.name))].flatMap((name) => {
    const members = lessons.filter(({ chapter }) => chapter.name === name);
    const rows = members.map(
      ({ scenario, guide }) => `- [\`${scenario.name}\`](../scenarios/${name}/${scenario.name}.md): ${guide.en.title}`,
    );
    return [`## ${members[0]?.chapter.title.en}`, '', ...rows, ''];
  });
  const head = ['# The scenarios', '', 'In the order of the course. Run one with `msgplay run <name>`.', ''];
  await expect([...head, ...chapters].join('\n')).toMatchFileSnapshot('../../docs/scenarios.md');
});

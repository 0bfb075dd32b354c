/** Says at the end of a run, in one line, what was compared with what. */
import type { Reporter, TestModule } from 'vitest/node';

declare module 'vitest' {
  interface TaskMeta {
    /** The real server whose answer a test has compared with, and its version. */
    comparedWith?: string | undefined;
  }
  interface ProvidedContext {
    /** Who is compared with the pins. */
    subject: 'embedded' | 'real';
    /** Whether the pins are written anew instead. */
    writesPins: boolean;
  }
}

export class ComparedWith implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    let subject = '';
    for (const module of modules) {
      for (const test of module.children.allTests('passed')) {
        const server = test.meta().comparedWith;
        if (server === undefined) continue;
        subject = module.project.config.provide.subject ?? '';
        counts.set(server, (counts.get(server) ?? 0) + 1);
      }
    }
    if (counts.size === 0) return;
    const parts = [...counts].map(([server, count]) => `${count} answers of ${server}`);
    console.log(`Compared the ${subject} servers with pins: ${parts.join('; ')}.\n`);
  }
}

/** `msgplay/test`: servers for tests, and the story of what an application did with them. */

export type { By, Expectation, Into, To } from './expectation.ts';
export { StoryError } from './failure.ts';
export type { Filter } from './filter.ts';
export type { LabClock, Slow, TestLab } from './lab.ts';
export type { Message } from './messages.ts';
export type { LabOptions } from './options.ts';
export { startLab } from './start-lab.ts';
export type { LabStory } from './story.ts';

/** The servers that `.ci/newer-servers` lays out, beside those that are installed. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Puts them on the PATH, if they are here. */
export function addNewerServers(): void {
  const { MSGPLAY_NEWER_SERVERS, XDG_CACHE_HOME, PATH = '' } = process.env;
  const folder = MSGPLAY_NEWER_SERVERS ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'msgplay', 'debian-13');
  const programs = join(folder, 'sbin');
  if (existsSync(programs)) process.env.PATH = [programs, ...PATH.split(delimiter)].join(delimiter);
}

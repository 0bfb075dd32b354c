import type { Redis as Client } from 'ioredis';
import { defineScenario, range, say } from 'msgplay';

const NAMES = ['ara', 'bora', 'chan', 'dami', 'eun', 'finn', 'gaon', 'hana', 'iro', 'jun'];

export default defineScenario({
  name: 'leaderboard',
  title: 'A leaderboard: a sorted set that is always in order',
  lesson: 7,
  options: {
    players: { type: 'integer', default: 4, min: 3, max: 10, help: 'how many play' },
    rounds: { type: 'integer', default: 1, min: 1, max: 50, help: 'how many rounds each plays on each game server' },
    top: { type: 'integer', default: 3, min: 1, max: 10, help: 'how many the page shows' },
  },
  needs: ['redis'],
  about: ({ players, rounds, top }) =>
    say`players: ${players} · rounds on each game server: ${rounds} · the page shows the first ${top}`,

  async run(lab, { players, rounds, top }) {
    const { Redis } = await import('ioredis');
    const connect = async (peer: string) => lab.using(new Redis(await lab.url('redis', peer)));
    const games = [await connect('game-1'), await connect('game-2')] as const;
    const page = await connect('page');
    const [board, best, tied] = [lab.name('points'), lab.name('best'), lab.name('tied')];
    const names = NAMES.slice(0, players);
    // Drawn before the game servers race, so that the same seed makes the same points.
    const draw = () => names.map((name) => ({ name, won: 1 + Math.floor(lab.random() * 100) }));
    const rolls = games.map(() => range(1, rounds).flatMap(draw));
    const wonBy = (name: string) => rolls.flat().flatMap((roll) => (roll.name === name ? roll.won : []));
    const points = (name: string) => wonBy(name).reduce((sum, won) => sum + won);
    /** The order of Redis: by score, and by name where scores are equal; from the end. */
    const ranking = (score: (name: string) => number) =>
      [...names].sort((name, other) => score(other) - score(name) || (name < other ? 1 : -1));

    await lab.step(
      'Two game servers add points at the same time (ZINCRBY), and keep the best round of each player (ZADD GT)',
    );
    const play = async (game: Client, turn: number) => {
      for (const { name, won } of rolls[turn] ?? []) {
        await game.zincrby(board, won, name);
        await game.zadd(best, 'GT', won, name);
      }
    };
    await Promise.all(games.map(play));

    await lab.step(say`The page shows the first ${top} (ZRANGE … REV), and where one player stands (ZREVRANK)`);
    const shown = await page.zrange(board, 0, `${top - 1}`, 'REV');
    const scores = await Promise.all(shown.map(async (name) => Number(await page.zscore(board, name))));
    const last = ranking(points).at(-1) ?? '';
    const rank = await page.zrevrank(board, last);
    const rows = shown.map((name, turn) => [`${turn + 1}`, name, scores[turn] ?? 0]);
    lab.table({ title: 'The leaderboard', columns: ['rank', 'player', { title: 'points', bar: true }], rows });
    const isWhole = scores.join() === shown.map(points).join();
    lab.check('no points were lost between the two game servers', isWhole);
    const isFirst = shown.join() === ranking(points).slice(0, top).join();
    lab.check('the first are the first', isFirst, say`in order: ${shown.join(', ')}`);
    const place = say`${last} is number ${Number(rank) + 1} of ${players}`;
    lab.check('the last player knows its rank without reading the others', rank === players - 1, place);
    const kept = await page.zrange(best, 0, '-1', 'REV');
    const isBest = kept.join() === ranking((name) => Math.max(...wonBy(name))).join();
    lab.check('ZADD GT keeps the best round only', isBest, say`in order: ${kept.join(', ')}`);

    await lab.step('Two players with the same score');
    const question = 'ara gets 50 points first, then bora gets 50. Who stands higher in ZRANGE … REV?';
    const tie = await lab.predict(question, ['ara', 'bora']);
    await games[0].zadd(tied, 50, 'ara');
    await games[1].zadd(tied, 50, 'bora');
    const [higher = ''] = await page.zrange(tied, 0, '0', 'REV');
    const byName = 'ara came first, and stands lower: equal scores are ordered by name, and REV turns that round, too';
    tie.answer(higher, byName);
    lab.check('a tie is broken by name, not by time', higher === 'bora', say`higher: ${higher}`);

    await lab.step('First come, first served: the time becomes a part of the score, so the later 50 counts as 49.999');
    const timed = 'Now the score is points minus a small part for the time. ara was first. Who stands higher?';
    const fair = await lab.predict(timed, ['ara', 'bora']);
    await page.del(tied);
    await games[0].zadd(tied, 50, 'ara');
    await games[1].zadd(tied, 49.999, 'bora');
    const [first = ''] = await page.zrange(tied, 0, '0', 'REV');
    fair.answer(first, 'the later score is a little lower, so the score itself says who was first');
    lab.check('with the time in the score the first stays first', first === 'ara', say`higher: ${first}`);

    await lab.step(say`Only the first ${top} are kept (ZREMRANGEBYRANK)`);
    await page.zremrangebyrank(board, 0, -top - 1);
    const left = await page.zcard(board);
    lab.check('the board is cut to its first', left === Math.min(top, players), say`players left: ${left}`);
  },
});

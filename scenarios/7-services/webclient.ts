import { defineScenario, range, say } from 'msgplay';
import type { Observable } from 'rxjs';

type Price = { readonly shop: number; readonly price: number };
const OFFERS = 12;

export default defineScenario({
  name: 'webclient',
  title: 'The same calls one after another, and as a reactive client makes them',
  lesson: 3,
  options: {
    shops: { type: 'integer', default: 4, min: 2, max: 12, help: 'how many shops are asked for a price' },
    concurrency: { type: 'integer', default: 2, min: 1, max: 12, help: 'how much the client can take on at once' },
    failures: { type: 'integer', default: 2, min: 0, max: 5, help: 'how often a flaky shop fails before it answers' },
    retries: { type: 'integer', default: 3, min: 0, max: 5, help: 'how often the client tries again' },
  },
  needs: [],
  names: ['shop', 'offers'],
  about: ({ shops, concurrency, failures, retries }) =>
    say`shops: ${shops} · at once: ${concurrency} · failures: ${failures} · retries: ${retries}`,

  async run(lab, { shops, concurrency, failures, retries }) {
    const rx = await import('rxjs');
    const { fromFetch } = await import('rxjs/fetch');
    const asked: Record<string, number> = {};
    let [waiting, givenUp] = [0, 0];
    /** Answers nothing, and resolves when the client has gone. */
    const silence = ({ signal }: Request) =>
      new Promise<Response>((resolve) => {
        waiting++;
        signal.addEventListener('abort', () => resolve(new Response(`given up: ${++givenUp}`)));
      });
    const market = await lab.serve('market', async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const shop = Number(searchParams.get('shop'));
      asked[pathname] = (asked[pathname] ?? 0) + 1;
      if (pathname === '/flaky' && asked[pathname] <= failures) return new Response('try later', { status: 503 });
      if (pathname === '/silent' || (pathname === '/first' && shop !== shops)) return silence(request);
      if (pathname === '/first') await lab.until('every shop has been asked', () => waiting === shops - 1);
      const after = Number(searchParams.get('after'));
      const offers = `${after + 1}-${Math.min(after + concurrency, OFFERS)}`;
      if (pathname === '/offers') return Response.json({ offers });
      await lab.sleep(10);
      return Response.json({ shop, price: 20 + shop });
    });
    const url = await market.url('client');
    let [open, most] = [0, 0];
    const selector = async (response: Response) => {
      if (!response.ok) throw new Error(`status ${response.status}`);
      return (await response.json()) as Price;
    };
    /** Sends its request when somebody subscribes, and cancels it when nobody is subscribed any more. */
    const call = (path: string) =>
      rx.defer(() => {
        most = Math.max(most, ++open);
        return fromFetch(`${url}${path}`, { selector }).pipe(rx.finalize(() => open--));
      });
    const price = (shop: number) => call(`/price?shop=${shop}`);
    const all = rx.range(1, shops);
    const rows: (string | number)[][] = [];
    const timed = async <Result>(way: string, calls: Observable<Result>) => {
      most = 0;
      const since = lab.now();
      const result = await rx.lastValueFrom(calls);
      rows.push([way, most, Math.round(lab.now() - since)]);
      return result;
    };

    await lab.step('One after another, as a blocking client does it (Spring: RestTemplate)');
    const serial = await timed('one after another', all.pipe(rx.concatMap(price), rx.toArray()));
    lab.check('never more than one call was under way', most === 1, say`calls: ${serial.length}`);

    const widest = Math.min(concurrency, shops);
    const question = say`Now mergeMap, with a concurrency of ${concurrency}. ${shops} shops: how many calls are under way at most?`;
    const width = await lab.predict(question, [1, shops, widest]);
    await lab.step(say`Several at once: mergeMap takes on ${concurrency} (Spring: WebClient and Flux.flatMap)`);
    const merged = await timed('several at once', all.pipe(rx.mergeMap(price, concurrency), rx.toArray()));
    width.answer(most, say`at most ${concurrency} are under way: a call that ends makes room for the next one`);
    lab.check('as many calls were under way as the client takes on', most === widest, say`${most}`);
    const cheapest = (prices: Price[]) => Math.min(...prices.map((one) => one.price));
    lab.check('both ways found the same prices', merged.length === shops && cheapest(merged) === cheapest(serial));

    await lab.step('All calls at once, and the first answer wins: race (Spring: Mono.firstWithValue)');
    const ended = () => lab.traffic('client').connections - lab.traffic('client').openConnections;
    const before = ended();
    const racers = range(1, shops).map((shop) => call(`/first?shop=${shop}`));
    const winner = await timed('first answer', rx.race(racers));
    await lab.until('the others are gone', () => givenUp === shops - 1 && ended() >= before + givenUp);
    lab.note(
      'nobody is subscribed to the other calls any more, so their requests are aborted and their connections end',
    );
    lab.check('one call was answered, the others were cancelled', winner.shop === shops, say`cancelled: ${givenUp}`);

    const columns = ['way', 'under way at most', { title: 'took', unit: 'ms', bar: true }];
    lab.table({ title: 'How long the client waited', columns, rows });

    const stream = say`A stream of ${OFFERS} offers, in portions: the client asks for more when it is done with the last ones`;
    await lab.step(stream);
    const portion = (after: number) => call(`/offers?after=${after}`).pipe(rx.map(() => after + concurrency));
    const work = (done: number) => rx.timer(5).pipe(rx.concatMap(() => portion(done)));
    await rx.lastValueFrom(portion(0).pipe(rx.expand((done) => (done < OFFERS ? work(done) : rx.EMPTY))));
    const portions = Math.ceil(OFFERS / concurrency);
    const isAsked = asked['/offers'] === portions;
    lab.check('the market sent no offer that was not asked for', isAsked, say`${portions} portions`);

    await lab.step("No answer in time: timeout, and a price of the client's own instead");
    const silent = call('/silent').pipe(rx.timeout(30));
    const instead = await rx.lastValueFrom(silent.pipe(rx.catchError(() => rx.of({ shop: 0, price: 99 }))));
    await lab.until('the request is gone', () => givenUp === shops && ended() >= before + givenUp);
    lab.check('the client went on without an answer', instead.price === 99, say`price: ${instead.price}`);

    const tries = Math.min(failures, retries) + 1;
    const often = say`A shop fails its first requests: ${failures}. The client retries up to ${retries} times. How often is the shop asked?`;
    const flaky = await lab.predict(often, [1, 2, tries, failures + retries + 1]);
    await lab.step('Trying again, each time after a longer wait: retry');
    const again = rx.retry<Price>({ count: retries, delay: (_, retry) => rx.timer(5 * 2 ** retry) });
    const last = await rx.lastValueFrom(call('/flaky').pipe(again)).catch(() => undefined);
    const anew = 'retry subscribes anew, which sends the request anew, until it succeeds or gives up';
    flaky.answer(asked['/flaky'] ?? 0, anew);
    lab.check('the shop was asked until it answered or the retries were used up', asked['/flaky'] === tries);
    if (failures > retries) lab.check("too few retries: the error is the caller's to deal with", last === undefined);
    else lab.check('the retries hid the failures', last !== undefined);
  },
});

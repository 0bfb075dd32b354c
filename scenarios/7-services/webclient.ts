import { count, defineScenario, range, say } from 'msgplay';
import type { Observable } from 'rxjs';

type Price = { readonly shop: number; readonly price: number };

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
    const asked: string[] = [];
    const market = await lab.serve('market', async ({ url }) => {
      const { pathname, searchParams } = new URL(url);
      const [shop, after] = [Number(searchParams.get('shop')), Number(searchParams.get('after'))];
      asked.push(pathname);
      const isFailing = pathname === '/flaky' && count(asked, pathname) <= failures;
      if (isFailing) return new Response('try later', { status: 503 });
      if (pathname === '/offers') return Response.json({ offers: `${after + 1}-${after + concurrency}` });
      if (pathname === '/silent' || (pathname === '/first' && shop < shops)) return new Promise(() => {});
      if (pathname === '/first') await lab.until('every shop has been asked', () => count(asked, pathname) === shops);
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
    const rows: (string | number)[][] = [];
    const timed = async (way: string, calls: Observable<Price>) => {
      const since = lab.now();
      most = 0;
      const { shop } = await rx.lastValueFrom(calls);
      rows.push([way, most, Math.round(lab.now() - since)]);
      return shop;
    };

    await lab.step('One after another, as a blocking client does it (Spring: RestTemplate)');
    const all = rx.range(1, shops);
    await timed('one after another', all.pipe(rx.concatMap(price)));
    lab.check('never more than one call was under way', most === 1);

    const question = say`Now mergeMap, with a concurrency of ${concurrency}. ${shops} shops: how many calls are under way at most?`;
    const width = await lab.predict(question, [1, concurrency, shops]);
    await lab.step(say`Several at once: mergeMap takes on ${concurrency} (Spring: WebClient and Flux.flatMap)`);
    await timed('several at once', all.pipe(rx.mergeMap(price, concurrency)));
    width.answer(most, say`at most ${concurrency} are under way: a call that ends makes room for the next one`);
    lab.check('as many calls were under way as the client takes on', most === Math.min(concurrency, shops));

    await lab.step('All calls at once, and the first answer wins: race (Spring: Mono.firstWithValue)');
    const ended = () => lab.traffic('client').connections - lab.traffic('client').openConnections;
    const before = ended();
    const winner = await timed('first answer', rx.race(range(1, shops).map((shop) => call(`/first?shop=${shop}`))));
    await lab.until('the others are gone', () => ended() >= before + shops - 1);
    lab.note('nobody is subscribed to the other calls any more: their requests are aborted, their connections end');
    lab.check('one call was answered, the others were cancelled', winner === shops, say`cancelled: ${shops - 1}`);
    const columns = ['way', 'under way at most', { title: 'took', unit: 'ms', bar: true }];
    lab.table({ title: 'How long the client waited', columns, rows });

    await lab.step('A stream of offers, in portions: the client asks for more when it is done with the last ones');
    const portion = (number: number) => call(`/offers?after=${number * concurrency}`).pipe(rx.delay(5));
    await rx.lastValueFrom(rx.range(0, 4).pipe(rx.concatMap(portion), rx.take(3)));
    lab.check('the market sent no offer that was not asked for', count(asked, '/offers') === 3);

    await lab.step("No answer in time: timeout, and a price of the client's own instead");
    const own = rx.of({ shop: 0, price: 99 });
    const instead = await rx.lastValueFrom(call('/silent').pipe(rx.timeout({ first: 30, with: () => own })));
    await lab.until('the request is gone', () => ended() >= before + shops);
    lab.check('the client went on without an answer', instead.price === 99, say`price: ${instead.price}`);

    const often = say`A shop fails its first requests: ${failures}. The client retries up to ${retries} times. How often is the shop asked?`;
    const flaky = await lab.predict(often, [1, failures + 1, retries + 1, failures + retries + 1]);
    await lab.step('Trying again, each time after a longer wait: retry');
    const again = rx.retry<Price>({ count: retries, delay: (_, retry) => rx.timer(5 * 2 ** retry) });
    const isHidden = await rx.lastValueFrom(call('/flaky').pipe(again)).then(Boolean, () => false);
    const times = count(asked, '/flaky');
    flaky.answer(times, 'retry subscribes anew, which sends the request anew, until it succeeds or gives up');
    const title = isHidden ? 'the retries hid the failures' : "too few retries: the error is the caller's to deal with";
    lab.check(title, times === 1 + Math.min(failures, retries), say`requests: ${times}`);
  },
});
